using System;
using System.IO;
using System.Linq;
using System.Text;

namespace StyleTransfer.Build;

/// <summary>
/// Makes TorchSharp's native bridge load on systems whose libstdc++ is older than GLIBCXX_3.4.32 (Debian 12, Ubuntu 22.04).
/// The only symbol behind that version, <c>_ZSt21ios_base_library_init</c>, is never relocated, so its entry in
/// <c>.gnu.version_r</c> may be weak (VER_FLG_WEAK): the loader then warns at most, instead of refusing the file.
/// </summary>
/// <remarks>ELF gABI chapter 5 and the LSB core specification, "Symbol Version Requirements".</remarks>
public static class GlibcxxRequirement
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint VersionNeedsSection = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    /// <summary>Sets VER_FLG_WEAK on the one entry; returns whether the bytes changed.</summary>
    public static bool Weaken(byte[] file)
    {
        int entry = FindEntry(file);
        if (entry < 0)
        {
            return false;
        }

        ushort flags = BitConverter.ToUInt16(file, entry + 4);
        if ((flags & WeakFlag) != 0)
        {
            return false;
        }

        file[entry + 4] = (byte)(flags | WeakFlag);
        return true;
    }

    /// <summary>Whether the file asks for the version, and asks strongly.</summary>
    public static bool IsStrong(byte[] file)
    {
        int entry = FindEntry(file);
        return entry >= 0 && (BitConverter.ToUInt16(file, entry + 4) & WeakFlag) == 0;
    }

    // The offset of the Elf64_Vernaux that names the version, or -1.
    private static int FindEntry(byte[] file)
    {
        bool isElf64LittleEndian = file.Length > 64 && file[0] == 0x7f && file[1] == 'E' && file[2] == 'L' && file[3] == 'F'
            && file[4] == 2 && file[5] == 1;
        if (!isElf64LittleEndian)
        {
            return -1;
        }

        long sectionTable = BitConverter.ToInt64(file, 40);
        int sectionSize = BitConverter.ToUInt16(file, 58);
        int sectionCount = BitConverter.ToUInt16(file, 60);
        for (int section = 0; section < sectionCount; section++)
        {
            int header = checked((int)(sectionTable + (long)section * sectionSize));
            if (BitConverter.ToUInt32(file, header + 4) != VersionNeedsSection)
            {
                continue;
            }

            int link = BitConverter.ToInt32(file, header + 40);
            int strings = checked((int)BitConverter.ToInt64(file, checked((int)(sectionTable + (long)link * sectionSize)) + 24));
            int files = BitConverter.ToInt32(file, header + 44);
            int need = checked((int)BitConverter.ToInt64(file, header + 24));
            for (int i = 0; i < files; i++)
            {
                int count = BitConverter.ToUInt16(file, need + 2);
                int auxiliary = need + BitConverter.ToInt32(file, need + 8);
                for (int j = 0; j < count; j++)
                {
                    if (ReadString(file, strings + BitConverter.ToInt32(file, auxiliary + 8)) == Version)
                    {
                        return auxiliary;
                    }

                    auxiliary += BitConverter.ToInt32(file, auxiliary + 12);
                }

                need += BitConverter.ToInt32(file, need + 12);
            }
        }

        return -1;
    }

    private static string ReadString(byte[] file, int offset)
    {
        int end = Array.IndexOf(file, (byte)0, offset);
        return Encoding.ASCII.GetString(file, offset, end - offset);
    }
}

#if !WITHOUT_MSBUILD
/// <summary>The build task: writes a mended copy of <see cref="Source"/> to <see cref="Destination"/>.</summary>
public class WeakenGlibcxxRequirement : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; }

    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        byte[] file = File.ReadAllBytes(Source);
        GlibcxxRequirement.Weaken(file);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        if (File.Exists(Destination) && File.ReadAllBytes(Destination).SequenceEqual(file))
        {
            return true;
        }

        // Never in place: outputs are hard links to this file, and a process that runs from one would crash when its code is cut off.
        string fresh = Destination + ".new";
        File.WriteAllBytes(fresh, file);
        File.Delete(Destination);
        File.Move(fresh, Destination);
        return true;
    }
}
#endif
