using System.Reflection;
using System.Reflection.Emit;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests;

public sealed class ScalarsTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    // The compiler's ban names what is likely; this also finds compound assignments such as +=, which the ban passes over.
    [Fact]
    public void Code_ThatCallsTorchSharp_HasItMakeNoScalarOfItsOwn()
    {
        Dictionary<MethodBase, bool> known = [];
        IEnumerable<string> hidden =
            from type in new[] { typeof(Encoder), typeof(Cli.Bench.ConvolutionChain) }.SelectMany(type => type.Assembly.GetTypes())
            from method in Methods(type)
            from called in Calls(method)
            where IsOfTorchSharp(called) && called.Name != nameof(Tensor.ToScalar) && MakesScalar(called, known)
            select $"{type}.{method.Name} calls {called}";

        Assert.Empty(hidden);
    }

    [Fact]
    public void WholeNumbers_OfAWholeTensor_StayWhole()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new long[] { 3, 5 });

        Assert.Equal([7, 9], x.Plus(1).Times(2).Minus(1).Clamp(0, 9).data<long>().ToArray());
    }

    [Fact]
    public void Numbers_OfAReducedTensor_KeepItsType()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(3, ScalarType.BFloat16);

        Tensor[] results = [x.Plus(0.1), x.Minus(0.1), x.Times(0.1), x.Over(3), x.Squared(), x.ToThe(0.5), x.Plus(x, times: 0.1), x.AtLeast(0.1), x.Clamp(0.1, 0.9)];

        Assert.All(results, result => Assert.Equal(ScalarType.BFloat16, result.dtype));
    }

    private static bool MakesScalar(MethodBase method, Dictionary<MethodBase, bool> known)
    {
        if (!known.TryGetValue(method, out bool makes))
        {
            known[method] = false; // For those that call themselves.
            makes = known[method] = method is ConstructorInfo && method.DeclaringType == typeof(Scalar)
                || Calls(method).Any(called => IsOfTorchSharp(called) && MakesScalar(called, known));
        }

        return makes;
    }

    private static bool IsOfTorchSharp(MethodBase method) => method.Module.Assembly == typeof(Tensor).Assembly;

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(Any).Concat<MethodBase>(type.GetConstructors(Any));

    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            OpCode operation = Codes[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }
}
