using System.Buffers.Binary;
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
        var png = PictureFiles.Png(Rgba(Digits.Image(0), 4, (255, 255, 255), (0, 0, 0)), 112, 112);
        Assert.Equal(Framed(0, 4, (255, 255, 255), (0, 0, 0)), DigitPicture.Decode(png, "a.png"));
        for (var length = 0; length < png.Length - 20; length += 13)
            Assert.Throws<CliError>(() => DigitPicture.Decode(png[..length], "cut.png"));
        var huge = (byte[])png.Clone();
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(16), 1_000_000);
        Assert.Throws<CliError>(() => DigitPicture.Decode(huge, "huge.png"));
    }

    [Fact]
    public void ReadsJpegAndRefusesDamagedOnes()
    {
        for (var i = 0; i < Digits.Count; i++)
        {
            var jpeg = PictureFiles.Jpeg(Digits.Image(i).ToArray().Select(static ink => (byte)(255 - ink)).ToArray(), 28, 28);
            Assert.True(Distance(Framed(i, 8, (255, 255, 255), (0, 0, 0)), DigitPicture.Decode(jpeg, "a.jpg")) < 1);
            foreach (var length in (int[])[90, jpeg.Length / 2, jpeg.Length - 2]) Assert.Contains("cut.jpg", Assert.Throws<CliError>(() => DigitPicture.Decode(jpeg[..length], "cut.jpg")).Message);
        }
    }

    /// <summary>A digit in black on white, as files of two formats.</summary>
    internal static (byte[] Png, byte[] Jpeg) Files() =>
        (PictureFiles.Png(Rgba(Digits.Image(0), 8, (255, 255, 255), (0, 0, 0)), 224, 224), PictureFiles.Jpeg([.. Digits.Image(0).ToArray().Select(static ink => (byte)(255 - ink))], 28, 28));
}
