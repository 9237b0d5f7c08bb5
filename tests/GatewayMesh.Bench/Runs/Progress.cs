using System.Diagnostics;
using System.Globalization;

namespace GatewayMesh.Bench.Runs;

/// <summary>Lines on standard error with the time since the start, so that standard output holds only the report.</summary>
internal sealed class Progress
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Writes a line.</summary>
    public void Say(string what) => Console.Error.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"[{Stopwatch.GetElapsedTime(_started):mm\\:ss}] {what}"));
}
