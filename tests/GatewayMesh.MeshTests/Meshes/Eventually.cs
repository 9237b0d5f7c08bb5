using System.Diagnostics;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>Polls a condition. The deadline ends only a failed test.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static async Task Until(string what, Func<Task<bool>> condition, Func<Task<string>>? state = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Deadline)
            {
                Assert.Fail($"did not happen within {Deadline.TotalSeconds} s: {what}" + (state is null ? "" : "\n" + await state()));
            }

            await Task.Delay(Pause);
        }
    }

    public static Task Until(string what, Func<bool> condition, Func<Task<string>>? state = null) =>
        Until(what, () => Task.FromResult(condition()), state);
}
