using System.Diagnostics;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>Waits for a condition; the deadline only ends a test that has failed.</summary>
internal static class Eventually
{
    public static async Task Until(string what, Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "timed out: " + what);
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
