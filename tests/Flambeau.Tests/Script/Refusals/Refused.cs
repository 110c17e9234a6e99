namespace Flambeau.Tests.Scripts.Refusals;

/// <summary>Programs that no graph can stand for, by the construct that the page on scripting names. The line with <c>// here</c> is where the diagnostic belongs.</summary>
internal static class Refused
{
    /// <summary>Members of a public static partial class; whole types begin with <c>types:</c>.</summary>
    internal static readonly Dictionary<string, (string Id, string Code)> Programs = new()
    {
        ["a type that isn't partial"] = ("FLB100", """
            types:
            public static class Rigid
            {
                [Script]
                public static Tensor F(Tensor x) => x; // here
            }
            """),
        ["an object that is no module"] = ("FLB100", """
            types:
            public partial class Plain
            {
                [Script]
                public Tensor F(Tensor x) => x; // here
            }
            """),
        ["async"] = ("FLB101", """
            [Script]
            public static async Task<Tensor> F(Tensor x) // here
            {
                await Task.Yield();
                return x;
            }
            """),
        ["type parameters"] = ("FLB101", """
            [Script]
            public static Tensor F<T>(Tensor x, T y) => x; // here
            """),
        ["`ref`, `out`, `in`"] = ("FLB101", """
            [Script]
            public static void F(ref Tensor x) => x = x + 1; // here
            """),
        ["other types"] = ("FLB102", """
            [Script]
            public static Tensor F(Tensor x, HashSet<long> set) => x; // here
            """),
        ["`decimal`"] = ("FLB102", """
            [Script]
            public static Tensor F(Tensor x)
            {
                var d = 1.5m; // here
                return x;
            }
            """),
        ["a method that is no script, on values"] = ("FLB103", """
            static Tensor Help(Tensor x) => x;

            [Script]
            public static Tensor F(Tensor x)
            {
                return Help(x); // here
            }
            """),
        ["`try`"] = ("FLB104", """
            [Script]
            public static Tensor F(Tensor x)
            {
                try { return x; } finally { } // here
            }
            """),
        ["`lock`"] = ("FLB104", """
            [Script]
            public static Tensor F(Tensor x)
            {
                lock (x) { return x; } // here
            }
            """),
        ["`goto`"] = ("FLB104", """
            [Script]
            public static Tensor F(Tensor x)
            {
                x = x + 1;
                goto end; // here
                end: return x;
            }
            """),
        ["`yield`"] = ("FLB104", """
            [Script]
            public static IEnumerable<Tensor> F(Tensor x)
            {
                yield return x; // here
            }
            """),
        ["`using` other than `Grad`'s"] = ("FLB104", """
            [Script]
            public static Tensor F(Tensor x)
            {
                using var s = new System.IO.MemoryStream(); // here
                return x;
            }
            """),
        ["a local function"] = ("FLB104", """
            [Script]
            public static Tensor F(Tensor x)
            {
                return x;
                static void G() { } // here
            }
            """),
        ["`throw` of a variable"] = ("FLB104", """
            [Script]
            public static Tensor F(Tensor x, bool b)
            {
                var e = new ArgumentException("no"); // built while the graph is
                if (b) throw e; // here
                return x;
            }
            """),
        ["a lambda"] = ("FLB105", """
            [Script]
            public static Tensor F(Tensor x)
            {
                Func<Tensor, Tensor> f = y => y * 2; // here
                return x;
            }
            """),
        ["`x++` inside an expression"] = ("FLB105", """
            [Script]
            public static Tensor F(Tensor x, long n)
            {
                return x * n++; // here
            }
            """),
        ["`new` of a class"] = ("FLB105", """
            [Script]
            public static Tensor F(Tensor x, long n)
            {
                var b = new System.Text.StringBuilder((int)n); // here
                return x;
            }
            """),
        ["formats in interpolated strings"] = ("FLB105", """
            [Script]
            public static string F(double d)
            {
                return $"{d:F3}"; // here
            }
            """),
        ["arithmetic on nullable values"] = ("FLB105", """
            [Script]
            public static Tensor F(Tensor x, long? n)
            {
                var m = n + 1; // here
                return x;
            }
            """),
        ["where a tensor lies"] = ("FLB106", """
            [Script]
            public static Tensor F(Tensor x)
            {
                return Tensor.Zeros([2], DType.Float32, x.Device); // here
            }
            """),
        ["the tape"] = ("FLB106", """
            [Script]
            public static Tensor F(Tensor x)
            {
                x.Sum().Backward(); // here
                return x;
            }
            """),
        ["recursion"] = ("FLB107", """
            [Script]
            public static Tensor F(Tensor x, long n)
            {
                return n == 0 ? x : F(x * 2, n - 1); // here
            }
            """),
        ["setting fields that are no tensors"] = ("FLB108", """
            types:
            [Module]
            public sealed partial class Counter : Module
            {
                long count;

                [Script]
                public Tensor Forward(Tensor x)
                {
                    count = 3; // here
                    return x;
                }
            }
            """),
        ["an override without `[Script]`"] = ("FLB109", """
            types:
            [Module]
            public abstract partial class Base : Module
            {
                [Script]
                public virtual Tensor Forward(Tensor x) => x;
            }

            [Module]
            public sealed partial class Derived : Base
            {
                public override Tensor Forward(Tensor x) => x * 2; // here
            }
            """),
        ["list patterns"] = ("FLB110", """
            [Script]
            public static Tensor F(Tensor x, long[] sizes)
            {
                return sizes is [1, ..] ? x : -x; // here
            }
            """),
        ["`==` of tensors"] = ("FLB111", """
            [Script]
            public static Tensor F(Tensor x, Tensor y)
            {
                return x == y ? x : y; // here
            }
            """),
    };
}
