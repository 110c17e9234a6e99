using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Filters <c>[Cout, Cin, 3, 3]</c> transformed for tiles of <c>tile</c>² outputs (2 or 4): <c>[(tile + 2)², ⌈Cout / block⌉, ⌈Cin / block⌉ · block, block]</c>, filled up with zeros.
/// </summary>
[Op("_blocked_winograd_weight(Tensor weight, int block, int tile) -> Tensor")]
public readonly partial record struct BlockedWinogradWeight(long Block, long Tile)
{
    internal unsafe Tensor Forward(Tensor weight)
    {
        if (weight.Rank != 4 || weight.DType != DType.Float32 || weight.Size(2) != 3 || weight.Size(3) != 3 || Block is not (8 or 16) || Tile is not (2 or 4))
            throw new ArgumentException($"_blocked_winograd_weight: {weight.DType.Name()} of shape {weight.Shape}, block {Block}, tile {Tile}; expected float32 [Cout, Cin, 3, 3], a block of 8 or 16 and a tile of 2 or 4");
        long cout = weight.Size(0), cin = weight.Size(1);
        var u = Tensor.Zeros([(Tile + 2) * (Tile + 2), (cout + Block - 1) / Block, (cin + Block - 1) / Block * Block, Block], DType.Float32);
        weight = Cast.Contiguous(weight);
        if (weight.Numel == 0) return u;
        fixed (float* pw = &weight.First<float>(), pu = &u.First<float>()) WinogradFilters.Transform((int)Tile, new() { Cin = cin, Cout = cout, Block = (int)Block }, pw, pu, adjoint: false);
        return u;
    }
}

/// <summary><see cref="BlockedConvolution"/> of kernels 3 × 3 with stride 1 by Winograd's minimal filtering, with weights of <see cref="BlockedWinogradWeight"/>.</summary>
[Op("_blocked_winograd(Tensor input, Tensor weight, Tensor? bias, Tensor? residual, int channels, int tile, int[] padding, int[] output_size, str epilogue) -> Tensor")]
public readonly partial record struct BlockedWinogradConvolution(long Channels, long Tile, long[] Padding, long[] OutputSize, string Epilogue)
{
    internal unsafe Tensor Forward(Tensor input, Tensor weight, Tensor? bias, Tensor? residual)
    {
        var s = BlockedForms.Shape(input, Channels, weight.Rank == 4 ? weight.Size(1) * input.Size(4) : 0, [3, 3], [1, 1], Padding, [1, 1], OutputSize);
        if (weight.Rank != 4 || Tile is not (2 or 4) || s.Block is not (8 or 16) || weight.Size(0) != (Tile + 2) * (Tile + 2) || weight.Size(2) != s.InBlocks * s.Block || weight.Size(3) != s.Block)
            throw new ArgumentException($"_blocked_winograd: weights of shape {weight.Shape} don't fit an input of shape {input.Shape} and tiles of {Tile}");
        var y = Tensor.New([s.N, s.OutBlocks, s.OutH, s.OutW, s.Block], DType.Float32);
        if (residual is not null && residual.Shape != y.Shape) throw new ArgumentException($"_blocked_winograd: the residual has shape {residual.Shape}, the result {y.Shape}");
        (input, weight, bias, residual) = (Cast.Contiguous(input), Cast.Contiguous(weight), bias is null ? null : Cast.Contiguous(bias), residual is null ? null : Cast.Contiguous(residual));
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), pw = &weight.First<float>(), pb = &(bias ?? y).First<float>(), pr = &(residual ?? y).First<float>(), py = &y.First<float>())
            Winograd.Run((int)Tile, s, px, pw, bias is null ? null : pb, residual is null ? null : pr, py, BlockedForms.End(Epilogue));
        return y;
    }
}
