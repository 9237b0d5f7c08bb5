using GatewayMesh.Bench.Writes;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>
/// The time from a write in Consul to its use in the snapshot, with the times of a process. The program <c>GatewayMesh.Bench</c> measures
/// the same with more rounds.
/// </summary>
public sealed class WriteToUseTests
{
    private const int Rounds = 5;

    // Milliseconds. A write is in use after 2 to 8; a busy machine may delay a single one.
    private const double MaxMedian = 1000;
    private const double Max = 5000;

    [Test]
    public async Task Every_kind_of_write_is_in_use_within_a_second()
    {
        await using var mesh = await WriteToUse.StartAsync();
        foreach (var write in ConsulWrite.All)
        {
            var times = (await mesh.MeasureAsync(write, Rounds, CancellationToken.None)).Order().ToList();

            Assert.That(times, Has.Count.EqualTo(Rounds).And.All.LessThan(Max), write.Name);
            Assert.That(times[Rounds / 2], Is.LessThan(MaxMedian), write.Name);
        }
    }
}
