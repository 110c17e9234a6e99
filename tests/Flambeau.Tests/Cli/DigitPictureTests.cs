using System.Buffers.Binary;
using System.IO.Compression;
using Flambeau.Cli;
using Flambeau.Cli.Images;
using Flambeau.Data;

namespace Flambeau.Tests.Cli;

public class DigitPictureTests
{
    static readonly LabeledImages Digits = DrawnDigits.Draw(12, seed: 11);

    // A digit at another size and in other colours; alpha is the ink where there is no paper.
    static byte[] Rgba(ReadOnlySpan<byte> digit, int scale, (byte R, byte G, byte B)? paper, (byte R, byte G, byte B) pen)
    {
        var side = 28 * scale;
        var rgba = new byte[side * side * 4];
        for (var i = 0; i < side * side; i++)
        {
            var ink = digit[i / side / scale * 28 + i % side / scale] / 255.0;
            var behind = paper ?? pen;
            rgba[4 * i] = (byte)(behind.R + ink * (pen.R - behind.R));
            rgba[4 * i + 1] = (byte)(behind.G + ink * (pen.G - behind.G));
            rgba[4 * i + 2] = (byte)(behind.B + ink * (pen.B - behind.B));
            rgba[4 * i + 3] = paper is null ? (byte)(255 * ink) : (byte)255;
        }
        return rgba;
    }

    static byte[] Framed(int i, int scale, (byte, byte, byte)? paper, (byte, byte, byte) pen) =>
        DigitPicture.FromRgba(Rgba(Digits.Image(i), scale, paper, pen), 28 * scale, 28 * scale, "test");

    static double Distance(byte[] a, byte[] b) => a.Zip(b, static (x, y) => Math.Abs(x - y)).Average();

    [Fact]
    public void WhatWasDrawnForTheNetworkPassesUnchanged()
    {
        for (var i = 0; i < Digits.Count; i++)
        {
            if (Digits.Image(i).ToArray().Max() < 220) continue;
            Assert.True(Distance(Digits.Image(i).ToArray(), Framed(i, 1, (0, 0, 0), (255, 255, 255))) < 4);
        }
    }

    [Fact]
    public void ColoursAndPaperDoNotMatter()
    {
        for (var i = 0; i < Digits.Count; i++)
        {
            var expected = Framed(i, 9, (0, 0, 0), (255, 255, 255));
            Assert.True(Distance(expected, Framed(i, 9, (255, 255, 255), (0, 0, 0))) < 1);
            Assert.True(Distance(expected, Framed(i, 9, (250, 240, 200), (20, 30, 140))) < 6);
            Assert.True(Distance(expected, Framed(i, 9, null, (0, 0, 0))) < 1);
            Assert.True(Distance(expected, Framed(i, 9, null, (255, 255, 255))) < 1);
        }
    }

    [Fact]
    public void SizeDoesNotMatterAndTheMassIsInTheMiddle()
    {
        for (var i = 0; i < Digits.Count; i++)
        {
            byte[] small = Framed(i, 3, (255, 255, 255), (0, 0, 0)), large = Framed(i, 31, (255, 255, 255), (0, 0, 0));
            Assert.True(Distance(small, large) < 8);
            double mass = 0, x = 0, y = 0;
            for (var p = 0; p < 784; p++)
            {
                mass += large[p];
                x += large[p] * (p % 28 + 0.5);
                y += large[p] * (p / 28 + 0.5);
            }
            Assert.InRange(x / mass, 13, 15);
            Assert.InRange(y / mass, 13, 15);
        }
    }

    [Fact]
    public void BlankPicturesAndOtherFilesAreRefusedByName()
    {
        var white = new byte[40 * 40 * 4];
        Array.Fill(white, (byte)255);
        Assert.Contains("shows nothing", Assert.Throws<CliError>(() => DigitPicture.FromRgba(white, 40, 40, "white.png")).Message);
        Assert.Contains("shows nothing", Assert.Throws<CliError>(() => DigitPicture.FromRgba(new byte[28 * 28 * 4], 28, 28, "clear.png")).Message);
        Assert.Contains("notes.txt", Assert.Throws<CliError>(() => DigitPicture.Decode("hello"u8.ToArray(), "notes.txt")).Message);
        Assert.Contains("nowhere", Assert.Throws<CliError>(() => DigitPicture.Load("nowhere.png")).Message);
    }

    [Fact]
    public void ReadsPngAndRefusesDamagedOnes()
    {
        var png = Png(Rgba(Digits.Image(0), 4, (255, 255, 255), (0, 0, 0)), 112, 112);
        Assert.Equal(Framed(0, 4, (255, 255, 255), (0, 0, 0)), DigitPicture.Decode(png, "a.png"));
        for (var length = 0; length < png.Length - 20; length += 13)
            Assert.Throws<CliError>(() => DigitPicture.Decode(png[..length], "cut.png"));
        var huge = (byte[])png.Clone();
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(16), 1_000_000);
        Assert.Throws<CliError>(() => DigitPicture.Decode(huge, "huge.png"));
    }

    /// <summary>A picture file of one digit.</summary>
    internal static byte[] Png() => Png(Rgba(Digits.Image(0), 4, (255, 255, 255), (0, 0, 0)), 112, 112);

    static byte[] Png(byte[] rgba, int width, int height)
    {
        var rows = new MemoryStream();
        using (var deflate = new ZLibStream(rows, CompressionLevel.Optimal, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                deflate.WriteByte(0);
                deflate.Write(rgba, y * width * 4, width * 4);
            }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 6);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, rows.ToArray()), .. Chunk("IEND"u8, [])];
    }

    static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] length = new byte[4], check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        byte[] body = [.. type, .. data];
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(body));
        return [.. length, .. body, .. check];
    }

    static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
