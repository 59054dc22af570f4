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

    public DbSet<SessionParameters> SessionParameters => Set<SessionParameters>();

    /// <summary>A number of a JSON object; null where there is none. For queries only.</summary>
    [DbFunction("json_extract", IsBuiltIn = true)]
    public static double? JsonNumber(string? json, string path) => throw new NotSupportedException($"{path} of {json} is read by the database.");

    /// <summary>As <see cref="JsonNumber"/>, for a text.</summary>
    [DbFunction("json_extract", IsBuiltIn = true)]
    public static string? JsonText(string? json, string path) => throw new NotSupportedException($"{path} of {json} is read by the database.");

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
            // With what a search reads, so that it need not touch the rows, which hold whole recipes.
            session.HasIndex(s => new { s.DeletedUtc, s.CreatedUtc, s.SearchText, s.StyleImageId });
            session.HasOne(s => s.Parameters).WithOne().HasForeignKey<SessionParameters>(p => p.SessionId).OnDelete(DeleteBehavior.Cascade);
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
        modelBuilder.Entity<SessionParameters>().HasKey(parameters => parameters.SessionId);
        modelBuilder.Entity<SessionParameters>().HasIndex(parameters => parameters.SessionId).HasFilter("\"Json\" IS NULL").HasDatabaseName("IX_SessionParameters_Unread");
        modelBuilder.Entity<Frame>().HasKey(frame => new { frame.SessionId, frame.Iteration });
        modelBuilder.Entity<Frame>().HasOne<Session>().WithMany().HasForeignKey(frame => frame.SessionId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<RunCheckpoint>().HasKey(checkpoint => new { checkpoint.SessionId, checkpoint.Iteration });
        modelBuilder.Entity<RunCheckpoint>().HasOne<Session>().WithMany().HasForeignKey(checkpoint => checkpoint.SessionId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<TraceChunk>().HasKey(chunk => new { chunk.SessionId, chunk.FirstIteration });
        modelBuilder.Entity<TraceChunk>().HasOne<Session>().WithMany().HasForeignKey(chunk => chunk.SessionId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<QueueState>().HasData(new QueueState());
    }
}
