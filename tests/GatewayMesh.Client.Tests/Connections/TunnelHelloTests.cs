using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Client.Tests.Connections;

/// <summary>The client's hello is the guard's hello.</summary>
public sealed class TunnelHelloTests
{
    [TestCase("web", "host-a", "client/0.1.0")]
    [TestCase("a", "b", "c")]
    public void The_hello_equals_the_guards_hello(string service, string node, string version) =>
        Assert.That(
            Client.Connections.TunnelHelloWriter.Write(service, node, version),
            Is.EqualTo(new TunnelHello(service, null, node, version).ToBytes()));

    [Test]
    public void The_mesh_reads_a_hello_with_the_longest_names()
    {
        var name = new string('n', 255);
        var result = TunnelHello.Read(Client.Connections.TunnelHelloWriter.Write(name, name, "client/1"), out var hello, out _);
        Assert.That((result, hello!.Service, hello.Node), Is.EqualTo((TunnelHelloResult.Complete, name, name)));
    }
}
