using System.IO.Compression;
using System.Text;
using System.Xml;
using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>The recipe inside a picture that this program made: an XMP packet, which PNG, JPEG, WebP and TIFF all have room for.</summary>
public static class EmbeddedRecipe
{
    private const string Namespace = "urn:style-transfer-studio:recipe:1";
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string Plain = "json";
    private const string Deflated = "deflated";

    // JPEG keeps XMP in one segment of 64 KB; beyond this the recipe is packed, far beyond it does not fit.
    private const int LongestPlain = 32 * 1024;
    private const int JpegSegment = 65_502;
    private const int LongestUnpacked = 64 * 1024 * 1024;

    /// <summary>The recipe's JSON, or null where the picture has none. Reads no pixels.</summary>
    /// <exception cref="ImageException">Not a picture, or one whose header is damaged.</exception>
    public static string? Find(ReadOnlySpan<byte> file)
    {
        ImageFormat format = ImageSignature.Detect(file);
        byte[]? packet;
        try
        {
            using ImageLoader loader = new(file.ToArray(), format);
            packet = loader.Field("xmp-data") as byte[];
        }
        catch (VipsException e)
        {
            throw ImageReader.Damaged(format, e);
        }

        return packet is null ? null : Unpack(packet);
    }

    /// <exception cref="ImageException">JPEG, and a recipe that is too long for it.</exception>
    internal static byte[] Pack(string json, ImageFormat format)
    {
        bool isShort = Encoding.UTF8.GetByteCount(json) <= LongestPlain;
        StringBuilder packet = new("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
        using (XmlWriter xml = XmlWriter.Create(packet, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("x", "xmpmeta", "adobe:ns:meta/");
            xml.WriteStartElement("rdf", "RDF", Rdf);
            xml.WriteStartElement("rdf", "Description", Rdf);
            xml.WriteAttributeString("rdf", "about", Rdf, "");
            xml.WriteElementString("xmp", "CreatorTool", "http://ns.adobe.com/xap/1.0/", "StyleTransfer Studio");
            xml.WriteElementString("recipe", isShort ? Plain : Deflated, Namespace, isShort ? json : Deflate(json));
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        byte[] bytes = Encoding.UTF8.GetBytes(packet.Append("\n<?xpacket end=\"r\"?>").ToString());
        if (format == ImageFormat.Jpeg && bytes.Length > JpegSegment)
        {
            throw new ImageException(
                $"The recipe takes {bytes.Length} bytes inside the picture; JPEG holds at most {JpegSegment}. Write PNG, WebP or TIFF instead.");
        }

        return bytes;
    }

    // Whatever is not our own packet, whole and well-formed, is no recipe: pictures carry all kinds of XMP.
    private static string? Unpack(byte[] packet)
    {
        try
        {
            using MemoryStream stream = new(packet);
            using XmlReader xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (xml.Read())
            {
                if (xml.NodeType == XmlNodeType.Element && xml.NamespaceURI == Namespace && xml.LocalName is Plain or Deflated)
                {
                    bool isPlain = xml.LocalName == Plain;
                    string text = xml.ReadElementContentAsString();
                    return isPlain ? text : Inflate(text);
                }
            }
        }
        catch (Exception e) when (e is XmlException or FormatException or InvalidDataException)
        {
            return null;
        }

        return null;
    }

    private static string Deflate(string json)
    {
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(Encoding.UTF8.GetBytes(json));
        }

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    private static string? Inflate(string text)
    {
        using DeflateStream deflate = new(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using MemoryStream json = new();
        byte[] buffer = new byte[81920];
        for (int read; (read = deflate.Read(buffer)) > 0;)
        {
            json.Write(buffer, 0, read);
            if (json.Length > LongestUnpacked)
            {
                return null;
            }
        }

        return json.Length == 0 ? null : Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length);
    }
}
