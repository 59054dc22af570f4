using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace StyleTransfer.Studio.Data.Migrations
{
    /// <inheritdoc />
    public partial class Experiments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Column",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ExperimentId",
                table: "Sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Row",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Experiments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: false),
                    RecipeJson = table.Column<string>(type: "TEXT", nullable: false),
                    AxesJson = table.Column<string>(type: "TEXT", nullable: false),
                    Notes = table.Column<string>(type: "TEXT", nullable: false),
                    ParentId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Figure = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedUtc = table.Column<DateTime>(type: "TEXT", nullable: false),
                    DeletedUtc = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Experiments", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Votes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    LeftId = table.Column<Guid>(type: "TEXT", nullable: false),
                    RightId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", nullable: false),
                    CastUtc = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Votes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Votes_Sessions_LeftId",
                        column: x => x.LeftId,
                        principalTable: "Sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_Votes_Sessions_RightId",
                        column: x => x.RightId,
                        principalTable: "Sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ExperimentId",
                table: "Sessions",
                column: "ExperimentId");

            migrationBuilder.CreateIndex(
                name: "IX_Experiments_DeletedUtc_CreatedUtc",
                table: "Experiments",
                columns: new[] { "DeletedUtc", "CreatedUtc" });

            migrationBuilder.CreateIndex(
                name: "IX_Votes_LeftId",
                table: "Votes",
                column: "LeftId");

            migrationBuilder.CreateIndex(
                name: "IX_Votes_RightId",
                table: "Votes",
                column: "RightId");

            migrationBuilder.AddForeignKey(
                name: "FK_Sessions_Experiments_ExperimentId",
                table: "Sessions",
                column: "ExperimentId",
                principalTable: "Experiments",
                principalColumn: "Id",
                onDelete: ReferentialAction.SetNull);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_Sessions_Experiments_ExperimentId",
                table: "Sessions");

            migrationBuilder.DropTable(
                name: "Experiments");

            migrationBuilder.DropTable(
                name: "Votes");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ExperimentId",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Column",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ExperimentId",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Row",
                table: "Sessions");
        }
    }
}
