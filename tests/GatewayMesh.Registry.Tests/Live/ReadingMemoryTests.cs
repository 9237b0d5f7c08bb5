using System.Collections.Frozen;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Registry.Tests.Live;

internal sealed class ReadingMemoryTests
{
    [Test]
    public void A_large_configuration_returns_the_memory_of_its_reading()
    {
        Assert.That(ReadingMemory.ReturnAfter(MeshSnapshot.Empty), Is.False);
        Assert.That(ReadingMemory.ReturnAfter(With(ReadingMemory.Large - 1)), Is.False);
        Assert.That(ReadingMemory.ReturnAfter(With(ReadingMemory.Large)), Is.True);
    }

    private static MeshSnapshot With(int instances)
    {
        var endpoint = new EndpointModel("payments", "payments-1", "host-a", new HostPort("10.0.0.1", 9000), Healthy: true);
        var service = new ServiceModel("payments", "http", PolicyModel.Default, [.. Enumerable.Repeat(endpoint, instances)]);
        return new MeshSnapshot
        {
            Revision = "one",
            Services = new Dictionary<string, ServiceModel> { ["payments"] = service }.ToFrozenDictionary(),
        };
    }
}
