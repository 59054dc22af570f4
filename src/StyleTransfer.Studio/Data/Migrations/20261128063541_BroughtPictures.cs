using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace StyleTransfer.Studio.Data.Migrations
{
    /// <inheritdoc />
    public partial class BroughtPictures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "BroughtAs",
                table: "Images",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "BroughtAs",
                table: "Images");
        }
    }
}
