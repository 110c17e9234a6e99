using Flambeau.Compiler.Plan;

namespace Flambeau.Compiler.Tests.Plan;

public class MemoryPlanTests
{
    [Fact]
    public void RandomBlocksNeverOverlapAndStayNearTheBound()
    {
        var worst = 0.0;
        for (var seed = 0; seed < 300; seed++)
        {
            var r = new Random(seed);
            var steps = r.Next(1, 80);
            var blocks = new List<PlannedBlock>();
            for (var i = 0; i < r.Next(1, 120); i++)
            {
                var from = r.Next(steps);
                blocks.Add(new(r.Next(5) == 0 ? r.Next(3) : r.Next(1, 1 << r.Next(4, 22)), from, Math.Min(steps - 1, from + r.Next(8))));
            }
            var plan = MemoryPlan.Make(blocks);
            plan.Verify();
            Assert.All(Enumerable.Range(0, blocks.Count), i => Assert.True(plan.Offsets[i] % 64 == 0 && plan.Offsets[i] + blocks[i].Bytes <= Math.Max(plan.Bytes, 0)));
            Assert.True(plan.Bytes >= plan.LowerBound);
            worst = Math.Max(worst, plan.LowerBound == 0 ? 1 : (double)plan.Bytes / plan.LowerBound);
        }
        Assert.True(worst < 1.6, $"{worst}");
    }

    [Fact]
    public void ABlockTakesOverAnEndingOne()
    {
        var plan = MemoryPlan.Make([new(1024, 0, 1), new(1024, 1, 2, Into: 0), new(1024, 2, 3, Into: 1)]);
        Assert.Equal(1024, plan.Bytes);
        Assert.Equal(1024, plan.LowerBound);
    }

    [Fact]
    public void TheVerifierSeesOverlaps() =>
        Assert.Throws<InvalidOperationException>(() => MemoryPlan.Make([new(1024, 0, 3), new(1024, 1, 2, Into: 0)]));
}
