using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

public class UpgradeTests
{
    [Test]
    public async Task A_WebSocket_passes_and_delivers_what_is_outstanding_before_it_closes()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("GET /ws HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        using var upstream = await payments.NextConnection();
        var request = new RawMessage(await upstream.ReadHead());
        await upstream.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        var head = new RawMessage(await client.ReadHead());
        await client.Send("ping");
        var ping = await upstream.ReadBytes(4);
        await upstream.Send("last words");
        upstream.Dispose();

        Assert.That(request["Upgrade"], Is.EqualTo("websocket"));
        Assert.That(request["Connection"], Is.EqualTo("Upgrade"));
        Assert.That(head.Status, Is.EqualTo(101));
        Assert.That(head["Upgrade"], Is.EqualTo("websocket"));
        Assert.That(ping, Is.EqualTo("ping"u8.ToArray()));
        Assert.That(await client.ReadToEnd(), Is.EqualTo("last words"));
    }
}
