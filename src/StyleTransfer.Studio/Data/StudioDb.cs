using Microsoft.EntityFrameworkCore;

namespace StyleTransfer.Studio.Data;

/// <summary>The studio's database: SQLite, one file beside the store.</summary>
public sealed class StudioDb(DbContextOptions<StudioDb> options) : DbContext(options)
{
    public DbSet<StoredImage> Images => Set<StoredImage>();

    public DbSet<Style> Styles => Set<Style>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Frame> Frames => Set<Frame>();

    public DbSet<RunCheckpoint> Checkpoints => Set<RunCheckpoint>();

    public DbSet<TraceChunk> TraceChunks => Set<TraceChunk>();

    public DbSet<QueueState> Queue => Set<QueueState>();

    public DbSet<Experiment> Experiments => Set<Experiment>();

    public DbSet<Vote> Votes => Set<Vote>();

    public DbSet<Share> Shares => Set<Share>();

    public DbSet<LabFigure> LabFigures => Set<LabFigure>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StoredImage>().HasKey(image => image.Id);
        modelBuilder.Entity<Style>(style =>
        {
            style.HasOne(s => s.Image).WithMany().HasForeignKey(s => s.ImageId).OnDelete(DeleteBehavior.Restrict);
            style.HasIndex(s => new { s.IsScene, s.DeletedUtc, s.CreatedUtc });
            style.HasIndex(s => s.StarterKey).IsUnique();
        });
        modelBuilder.Entity<Session>(session =>
        {
            session.Property(s => s.State).HasConversion<string>();
            // The queue asks by state and position, the gallery by what is not deleted, newest first.
            session.HasIndex(s => new { s.State, s.QueuePosition });
            session.HasIndex(s => new { s.DeletedUtc, s.CreatedUtc });
            session.HasIndex(s => s.ParentId);
            session.HasIndex(s => s.ExperimentId);
            session.HasOne<Experiment>().WithMany().HasForeignKey(s => s.ExperimentId).OnDelete(DeleteBehavior.SetNull);
        });
        modelBuilder.Entity<Experiment>().HasIndex(e => new { e.DeletedUtc, e.CreatedUtc });
        modelBuilder.Entity<Vote>(vote =>
        {
            vote.Property(v => v.Outcome).HasConversion<string>();
            vote.HasOne<Session>().WithMany().HasForeignKey(v => v.LeftId).OnDelete(DeleteBehavior.Cascade);
            vote.HasOne<Session>().WithMany().HasForeignKey(v => v.RightId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Frame>().HasKey(frame => new { frame.SessionId, frame.Iteration });
        modelBuilder.Entity<Frame>().HasOne<Session>().WithMany().HasForeignKey(frame => frame.SessionId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<RunCheckpoint>().HasKey(checkpoint => new { checkpoint.SessionId, checkpoint.Iteration });
        modelBuilder.Entity<RunCheckpoint>().HasOne<Session>().WithMany().HasForeignKey(checkpoint => checkpoint.SessionId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<TraceChunk>().HasKey(chunk => new { chunk.SessionId, chunk.FirstIteration });
        modelBuilder.Entity<TraceChunk>().HasOne<Session>().WithMany().HasForeignKey(chunk => chunk.SessionId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<QueueState>().HasData(new QueueState());
        ConfigureSharing(modelBuilder);
        ConfigureLab(modelBuilder);
    }

    private static void ConfigureSharing(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Share>(share =>
        {
            share.Property(s => s.Kind).HasConversion<string>();
            share.HasIndex(s => s.TokenHash).IsUnique();
            share.HasIndex(s => s.CreatedUtc);
            share.HasMany(s => s.Sessions).WithOne().HasForeignKey(shared => shared.ShareId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<SharedSession>(shared =>
        {
            shared.HasKey(s => new { s.ShareId, s.Number });
            shared.HasOne<Session>().WithMany().HasForeignKey(s => s.SessionId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void ConfigureLab(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<LabFigure>(figure =>
        {
            figure.HasIndex(f => new { f.Key, f.CreatedUtc });
            figure.HasMany(f => f.Cells).WithOne().HasForeignKey(cell => cell.FigureId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<LabCell>(cell =>
        {
            cell.HasKey(c => new { c.FigureId, c.Name });
            cell.HasOne<Session>().WithMany().HasForeignKey(c => c.SessionId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
