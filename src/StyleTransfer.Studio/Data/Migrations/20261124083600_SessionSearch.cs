using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace StyleTransfer.Studio.Data.Migrations
{
    /// <inheritdoc />
    public partial class SessionSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Sessions_DeletedUtc_CreatedUtc",
                table: "Sessions");

            migrationBuilder.CreateTable(
                name: "SessionParameters",
                columns: table => new
                {
                    SessionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Json = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SessionParameters", x => x.SessionId);
                    table.ForeignKey(
                        name: "FK_SessionParameters_Sessions_SessionId",
                        column: x => x.SessionId,
                        principalTable: "Sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_DeletedUtc_CreatedUtc_SearchText_StyleImageId",
                table: "Sessions",
                columns: new[] { "DeletedUtc", "CreatedUtc", "SearchText", "StyleImageId" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionParameters_Unread",
                table: "SessionParameters",
                column: "SessionId",
                filter: "\"Json\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SessionParameters");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_DeletedUtc_CreatedUtc_SearchText_StyleImageId",
                table: "Sessions");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_DeletedUtc_CreatedUtc",
                table: "Sessions",
                columns: new[] { "DeletedUtc", "CreatedUtc" });
        }
    }
}
