using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda.Tests;

public sealed class BinaryFolderTests
{
    [Fact]
    public void Writers_at_once_leave_a_whole_file()
    {
        var folder = Path.Combine(Path.GetTempPath(), "flambeau-kernels-" + Guid.NewGuid().ToString("N"));
        try
        {
            var code = new byte[100_000];
            new Random(1).NextBytes(code);
            Parallel.For(0, 16, i =>
            {
                BinaryFolder.Write(folder, "key", code);
                Assert.Equal(code, BinaryFolder.Read(folder, "key"));
            });
            Assert.Single(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_nothing()
    {
        BinaryFolder.Write("/proc/nowhere", "key", [1]);
        Assert.Null(BinaryFolder.Read("/proc/nowhere", "key"));
    }
}
