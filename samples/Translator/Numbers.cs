using Flambeau;
using Flambeau.Nn;
using Flambeau.Optim;

namespace TranslatorSample;

/// <summary>The task: numbers below a thousand, from digits to English words.</summary>
public static class Numbers
{
    static readonly string[] tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>All words; word 0 ends a sentence.</summary>
    public static readonly IReadOnlyList<string> Words =
    [
        ".", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
        "seventeen", "eighteen", "nineteen", .. tens, "hundred",
    ];

    /// <summary>A number's digits, as symbols [S].</summary>
    public static Tensor Digits(long n) => Tensor.From(Text(n).Select(static c => (long)(c - '0')).ToArray());

    /// <summary>A number in words, with the end.</summary>
    public static long[] Say(long n)
    {
        var said = new List<long>();
        if (n >= 100) said.AddRange([1 + n / 100, Words.Count - 1]);
        var rest = n % 100;
        if (rest >= 20) said.Add(19 + rest / 10);
        if (rest is > 0 and < 20) said.Add(1 + rest);
        else if (rest % 10 > 0) said.Add(1 + rest % 10);
        if (n == 0) said.Add(1);
        return [.. said, 0];
    }

    /// <summary>Words as text, up to the end.</summary>
    public static string Spell(IEnumerable<long> words) => string.Join(' ', words.TakeWhile(static w => w != 0).Select(static w => Words[(int)w]));

    /// <summary>Trains on numbers drawn at random, all of a batch with as many digits; gives the last loss.</summary>
    public static double Teach(Translator pupil, int steps, long batch = 64, Action<int, double>? report = null)
    {
        var adam = new Adam(pupil.Parameters(), lr: 5e-3);
        var last = 0.0;
        for (var step = 0; step < steps; step++)
        {
            // Most numbers have three digits.
            var (low, high) = (step % 4) switch { 0 => (0, 10), 1 => (10, 100), _ => (100, 1000) };
            var numbers = Tensor.RandInt(low, high, [batch]).ToArray<long>();
            var answers = Array.ConvertAll(numbers, Say);
            var length = answers.Max(static a => a.Length);
            var source = Tensor.Stack([.. numbers.Select(Digits)], 1);
            var wanted = Columns(answers, length, static (a, t) => t < a.Length ? a[t] : -100); // -100 counts for nothing
            var said = Columns(answers, length, static (a, t) => t > 0 && t < a.Length ? a[t - 1] : 0);
            adam.ZeroGrad();
            var loss = Functional.CrossEntropy(pupil.Scores(source, said).Reshape([-1, Words.Count]), wanted.Reshape([-1]));
            loss.Backward();
            adam.Step();
            last = loss.Item<float>();
            report?.Invoke(step, last);
        }
        return last;
    }

    /// <summary>One column an answer, [length, N].</summary>
    static Tensor Columns(long[][] answers, int length, Func<long[], int, long> at) =>
        Tensor.From([.. Enumerable.Range(0, length).SelectMany(t => answers.Select(a => at(a, t)))], [length, answers.Length]);

    static string Text(long n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
