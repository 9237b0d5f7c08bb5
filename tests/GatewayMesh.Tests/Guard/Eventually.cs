namespace GatewayMesh.Tests.Guard;

/// <summary>Waits for an event, with a deadline that only a failing test reaches.</summary>
internal static class Eventually
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static async Task Holds(Func<bool> happened, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Deadline), $"it never happened: {what}");
            await Task.Yield();
        }
    }
}
