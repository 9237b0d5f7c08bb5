namespace GatewayMesh.Architecture.Tests;

public sealed class Probe
{
    [Test]
    public void A_b() => Assert.That(Environment.ProcessId, Is.GreaterThan(0));
}
