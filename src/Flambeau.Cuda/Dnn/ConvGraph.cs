using Flambeau.Cpu;
using Flambeau.Cuda.Libraries;

namespace Flambeau.Cuda.Dnn;

/// <summary>Describes a convolution, its epilogue or one of its gradients to cuDNN.</summary>
internal static class ConvGraph
{
    /// <summary>Names of tensors in a graph; X and Y are the convolution's input and output, also where they hold gradients.</summary>
    internal const long X = 1, W = 2, Y = 3, Bias = 4, Residual = 5;

    const long Inner = 100;

    /// <summary>Convolutions of one axis are run as two.</summary>
    internal static int Axes(in ConvShape s) => Math.Max(s.Dims, 2);

    static ReadOnlySpan<long> Last(Axes a, int n, Span<long> to)
    {
        for (var i = 0; i < n; i++) to[i] = a[3 - n + i];
        return to[..n];
    }

    /// <summary>The padding on the high side: as on the low side where that gives the output's size, else what the sizes imply.</summary>
    internal static long PostPadding(in ConvShape s, int axis)
    {
        long reach = s.Dilation[axis] * (s.Kernel[axis] - 1) + 1, pad = s.Pad[axis];
        if ((s.In[axis] + 2 * pad - reach) / s.Stride[axis] + 1 == s.Out[axis]) return pad;
        return Math.Max(0, (s.Out[axis] - 1) * s.Stride[axis] + reach - s.In[axis] - pad);
    }

    /// <summary>The graph's descriptor.</summary>
    internal static nint Build(Descriptors made, nint handle, in ConvProblem p, in ConvShape s)
    {
        var n = Axes(s);
        Span<long> room = stackalloc long[3];
        long[] x = [s.N, s.Cin, .. Last(s.In, n, room)], w = [s.Cout, s.CinGroup, .. Last(s.Kernel, n, room)], y = [s.N, s.Cout, .. Last(s.Out, n, room)];
        var type = Cudnn.DataType(p.DType);
        var precision = p.IsDouble ? Cudnn.DoubleData : Cudnn.SingleData;
        var tx = made.Tensor(X, type, x, MemoryOrder.Strides(x, p.ChannelsLast), p.Alignment);
        var tw = made.Tensor(W, type, w, MemoryOrder.Strides(w, p.ChannelsLast), p.Alignment);
        var yStrides = MemoryOrder.Strides(y, p.ChannelsLast);
        var fused = p.Epilogue != Epilogue.None;
        var ty = fused ? made.Tensor(Inner, precision, y, yStrides, p.Alignment, isVirtual: true) : made.Tensor(Y, type, y, yStrides, p.Alignment);

        var conv = made.Make(Cudnn.Kind.Convolution);
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionPrecision, Cudnn.Type.DataType, precision);
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionMode, Cudnn.Type.ConvolutionMode, Cudnn.CrossCorrelation);
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionSpatialAxes, (long)n);
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionDilations, Last(s.Dilation, n, room));
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionStrides, Last(s.Stride, n, room));
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionPrePaddings, Last(s.Pad, n, room));
        for (var i = 0; i < n; i++) room[i] = PostPadding(s, 3 - n + i);
        Descriptors.Set(conv, Cudnn.Attribute.ConvolutionPostPaddings, room[..n]);
        Descriptors.Finish(conv, "a convolution");

        var operations = new List<nint>();
        switch (p.Which)
        {
            case 0:
                operations.Add(Operation(made, p, Cudnn.Kind.ConvolutionForward, Cudnn.Attribute.ForwardAlpha, conv,
                    (Cudnn.Attribute.ForwardX, tx), (Cudnn.Attribute.ForwardW, tw), (Cudnn.Attribute.ForwardY, ty)));
                break;
            case 1:
                operations.Add(Operation(made, p, Cudnn.Kind.ConvolutionInput, Cudnn.Attribute.InputAlpha, conv,
                    (Cudnn.Attribute.InputDx, tx), (Cudnn.Attribute.InputW, tw), (Cudnn.Attribute.InputDy, ty)));
                break;
            default:
                operations.Add(Operation(made, p, Cudnn.Kind.ConvolutionWeight, Cudnn.Attribute.WeightAlpha, conv,
                    (Cudnn.Attribute.WeightX, tx), (Cudnn.Attribute.WeightDw, tw), (Cudnn.Attribute.WeightDy, ty)));
                break;
        }
        var last = ty;
        var rest = p.Epilogue;
        foreach (var step in new[] { Epilogue.Bias, Epilogue.Residual, Epilogue.Relu })
        {
            if (!rest.HasFlag(step)) continue;
            rest &= ~step;
            var result = rest == Epilogue.None ? made.Tensor(Y, type, y, yStrides, p.Alignment) : made.Tensor(Inner + (long)step, precision, y, yStrides, p.Alignment, isVirtual: true);
            nint other = 0;
            if (step == Epilogue.Bias)
            {
                var sizes = new long[y.Length];
                Array.Fill(sizes, 1);
                sizes[1] = s.Cout;
                other = made.Tensor(Bias, type, sizes, MemoryOrder.Strides(sizes, p.ChannelsLast), p.Alignment);
            }
            else if (step == Epilogue.Residual) other = made.Tensor(Residual, type, y, yStrides, p.Alignment);
            operations.Add(made.Pointwise(step == Epilogue.Relu ? Cudnn.PointwiseRelu : Cudnn.PointwiseAdd, precision, last, other, result));
            last = result;
        }
        return Graph(made, handle, operations);
    }

    static nint Operation(Descriptors made, in ConvProblem p, Cudnn.Kind kind, Cudnn.Attribute alpha, nint conv, params ReadOnlySpan<(Cudnn.Attribute Name, nint Tensor)> tensors)
    {
        var op = made.Make(kind);
        Descriptors.Set(op, alpha, 1.0, p.IsDouble);
        Descriptors.Set(op, alpha + 1, 0.0, p.IsDouble);
        Descriptors.Set(op, alpha + 2, conv);
        foreach (var (name, tensor) in tensors) Descriptors.Set(op, name, tensor);
        Descriptors.Finish(op, "a convolution's operands");
        return op;
    }

    static unsafe nint Graph(Descriptors made, nint handle, List<nint> operations)
    {
        var graph = made.Make(Cudnn.Kind.Graph);
        fixed (nint* list = operations.ToArray()) Descriptors.Set(graph, Cudnn.Attribute.GraphOperations, Cudnn.Type.Descriptor, operations.Count, list);
        Descriptors.Set(graph, Cudnn.Attribute.GraphHandle, Cudnn.Type.Handle, 1, &handle);
        Descriptors.Finish(graph, "a graph");
        return graph;
    }
}
