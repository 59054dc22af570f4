using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using StyleTransfer.Core;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Engine.Tests.Safetensors;

public sealed class SafetensorsTests
{
    private static readonly Gen<TensorToWrite[]> Tensors =
        Gen.Select(Gen.Int[0, 3].List[0, 4], Gen.OneOf(new[] { TensorType.U8, TensorType.I8, TensorType.F16, TensorType.BF16, TensorType.F32, TensorType.F64, TensorType.I64 }.Select(Gen.Const).ToArray()), Gen.Byte)
            .Select((shape, type, fill) => (shape, type, fill)).Array[0, 5]
            .Select(made => made.Select((one, i) => new TensorToWrite(
                $"layer{i}.\"weight\" 가", one.type, [.. one.shape.Select(size => (long)size)],
                Enumerable.Repeat(one.fill, Size(one.type) * one.shape.Aggregate(1, (product, size) => product * size)).ToArray())).ToArray());

    [Fact]
    public void WriteThenRead_AnyTensors_GivesThemBack() => Tensors.Sample(
        tensors =>
        {
            ImmutableDictionary<string, string> metadata = ImmutableDictionary<string, string>.Empty.Add("note", "a \"quoted\" line\n다음");

            SafetensorsFile file = SafetensorsFile.Read(SafetensorsWriter.Write(tensors, metadata));

            Assert.Equal(metadata["note"], file.Metadata["note"]);
            Assert.Equal(tensors.Length, file.Entries.Length);
            foreach (TensorToWrite tensor in tensors)
            {
                SafetensorsEntry entry = file[tensor.Name];
                Assert.Equal((tensor.Type, tensor.Bytes.Length), (entry.Type, (int)entry.Length));
                Assert.Equal(tensor.Shape, entry.Shape);
                Assert.True(file.Bytes(tensor.Name).SequenceEqual(tensor.Bytes.Span));
            }
        },
        iter: 200);

    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        TensorToWrite[] tensors = [new("b", TensorType.F32, [2], new byte[8]), new("a", TensorType.U8, [3], new byte[] { 1, 2, 3 })];
        Dictionary<string, string> one = new() { ["x"] = "1", ["y"] = "2" };
        Dictionary<string, string> other = new() { ["y"] = "2", ["x"] = "1" };

        byte[] file = SafetensorsWriter.Write(tensors, one);

        Assert.Equal(file, SafetensorsWriter.Write(tensors, other));
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(file) % 8);
    }

    [Fact]
    public void Floats_EveryFloatingType_AreTheSameNumbers()
    {
        float[] numbers = [0, 1, -2.5f, 0.15625f, 96];
        TensorToWrite[] tensors =
        [
            new("F32", TensorType.F32, [5], MemoryMarshal.AsBytes<float>(numbers).ToArray()),
            new("F64", TensorType.F64, [5], MemoryMarshal.AsBytes<double>(Array.ConvertAll(numbers, n => (double)n)).ToArray()),
            new("F16", TensorType.F16, [5], MemoryMarshal.AsBytes<Half>(Array.ConvertAll(numbers, n => (Half)n)).ToArray()),
            new("BF16", TensorType.BF16, [5], MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(numbers, n => (ushort)(BitConverter.SingleToUInt32Bits(n) >> 16))).ToArray()),
            new("I32", TensorType.I32, [1], new byte[4]),
        ];

        SafetensorsFile file = SafetensorsFile.Read(SafetensorsWriter.Write(tensors, ImmutableDictionary<string, string>.Empty));

        foreach (string type in new[] { "F32", "F64", "F16", "BF16" })
        {
            Assert.Equal(numbers, file.Floats(type));
        }

        Assert.Throws<SafetensorsException>(() => file.Floats("I32"));
        Assert.Contains("F16", Assert.Throws<SafetensorsException>(() => file["nothing"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutOffAnywhere_IsRefused()
    {
        byte[] file = SafetensorsWriter.Write([new("a", TensorType.F32, [4, 4], new byte[64])], ImmutableDictionary<string, string>.Empty);

        for (int length = 0; length < file.Length; length++)
        {
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read(file.AsMemory(0, length)));
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.ReadHeader(new MemoryStream(file, 0, length)));
        }

        Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read(new byte[file.Length + 1].Select((_, i) => i < file.Length ? file[i] : (byte)0).ToArray()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[4]")]
    [InlineData("[0,4,8]")]
    [InlineData("7")]
    public void Read_OffsetsThatAreNotTwo_IsRefused(string offsets)
    {
        byte[] header = Encoding.UTF8.GetBytes($$$"""{"a":{"dtype":"F32","shape":[1],"data_offsets":{{{offsets}}}}}""");
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);

        Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read((byte[])[.. length, .. header, 0, 0, 0, 0]));
    }

    [Fact]
    public void Read_HeaderBytesChangedAtRandom_IsReadOrRefusedNeverMore()
    {
        byte[] file = SafetensorsWriter.Write(
            [new("a", TensorType.F32, [4, 4], new byte[64]), new("b", TensorType.U8, [5], new byte[5])], new Dictionary<string, string> { ["k"] = "v" });
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(file) + 8;
        Gen.Select(Gen.Int[0, header - 1], Gen.Byte, Gen.Int[0, header - 1], Gen.Byte).Sample(
            (first, one, second, other) =>
            {
                byte[] broken = [.. file];
                broken[first] = one;
                broken[second] = other;
                try
                {
                    SafetensorsFile read = SafetensorsFile.Read(broken);
                    Assert.All(read.Entries, entry => Assert.Equal(entry.Length, read.Bytes(entry.Name).Length));
                }
                catch (SafetensorsException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            iter: 3000);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "should take 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", "which no file can hold")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}""", "which no file can hold")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", "C64")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "take 4 bytes, but 8")]
    [InlineData("""[1,2]""", "not the JSON")]
    [InlineData("""{"a":{"shape":[2]}}""", "not the JSON")]
    public void Read_HostileHeader_SaysWhatIsWrong(string header, string expected)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + 8];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);

        SafetensorsException error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read(file));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static int Size(TensorType type) => type switch
    {
        TensorType.U8 or TensorType.I8 => 1,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.F32 => 4,
        _ => 8,
    };
}
