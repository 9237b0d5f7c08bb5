using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Listeners;

/// <summary>Keep-alive connections between requests.</summary>
[NonParallelizable]
public sealed class IdleConnectionTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";

    private static readonly TimeSpan Handed = ClientConnection.HandBackAfter + TimeSpan.FromMilliseconds(100);

    [Test]
    public async Task A_connection_serves_requests_however_long_it_was_idle_between_them(
        [ValueSource(typeof(SecuredListener), nameof(SecuredListener.Kinds))] ListenerKind kind)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var payments = Backend.Answering("paid");
        await using var listener = await SecuredListener.Start(kind, payments, with: options => options with { Time = time });
        using var client = await listener.Connect();

        for (var i = 0; i < 4; i++)
        {
            var answer = await client.Ask($"POST / HTTP/1.1\r\nHost: payments\r\n{listener.Lines}Content-Length: 4\r\n\r\nbody");
            Assert.That((answer.Status, payments.Last.Body), Is.EqualTo((200, "body")));
            await Idle(time, Handed * i);
        }
    }

    [Test]
    public async Task An_idle_connection_is_closed_after_the_keep_alive_timeout()
    {
        var time = new FakeTimeProvider();
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        mesh.Service("payments", payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        var timeout = new DataPlaneOptions { Node = "", RoleName = "sidecar" }.Limits.KeepAliveTimeout;
        await client.Ask(Get);

        await Idle(time, Handed);
        await Idle(time, timeout - Handed - TimeSpan.FromSeconds(1));
        Assert.That(client.Socket.Poll(50_000, SelectMode.SelectRead), Is.False, "still open");
        await Idle(time, TimeSpan.FromSeconds(2));

        Assert.That(await client.ReadToEnd(), Is.Empty);
    }

    [Test]
    public async Task A_drain_ends_idle_connections_however_long_they_were_idle()
    {
        var time = new FakeTimeProvider();
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        mesh.Service("payments", payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        await client.Ask(Get);
        await Idle(time, Handed);

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(20), idle: TimeSpan.FromMilliseconds(50));
        Assert.That(await client.ReadToEnd(), Is.Empty);
        await Idle(time, TimeSpan.FromSeconds(1));

        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task An_intention_that_changes_finds_no_request_on_an_idle_connection_and_is_obeyed_by_the_next()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var payments = Backend.Answering("paid");
        await using var certified = new CertifiedMesh();
        var plane = await certified.Plane("sidecar", ["payments"], options => options with { EnforcesIntentions = true, Time = time });
        plane.Intentions(IntentionAction.Deny, ("web", "payments", IntentionAction.Allow));
        using var web = await CertifiedMesh.As(certified.Authority.Issue("web"), CertifiedMesh.Inbound(plane, "payments", payments));
        Assert.That((await web.Ask(Get)).Status, Is.EqualTo(200));
        await Idle(time, Handed);

        plane.Intentions(IntentionAction.Deny, ("web", "payments", IntentionAction.Deny));

        Assert.That((await web.Ask(Get)).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task An_idle_connection_holds_little_memory()
    {
        const int Count = 400;
        var time = new FakeTimeProvider();
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        mesh.Service("payments", payments.HostPort);
        var outbound = mesh.Outbound();
        var buffer = new byte[1024];
        using var warm = Served(outbound, buffer);
        var open = new Socket[Count];
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Count; i++)
        {
            open[i] = Served(outbound, buffer);
        }

        await Idle(time, Handed);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Array.ForEach(open, socket => socket.Dispose());
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{each} bytes each, with the client's socket"));
        Assert.That(each, Is.LessThan(4096));
    }

    [Test]
    public void Memory_is_returned_once_after_many_connections_have_become_idle()
    {
        var time = new FakeTimeProvider();
        var memory = new IdleMemory(time);
        for (var i = 1; i < IdleMemory.Many; i++)
        {
            memory.Release();
        }

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(memory.Collections, Is.Zero);
        memory.Release();
        memory.Release();
        Assert.That(memory.Collections, Is.Zero, "others may become idle meanwhile");
        time.Advance(IdleMemory.Rest);
        time.Advance(IdleMemory.Rest);

        Assert.That(memory.Collections, Is.EqualTo(1));
    }

    private static Socket Served(IPEndPoint address, byte[] buffer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(address);
        socket.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n"u8);
        for (var read = 0; !buffer.AsSpan(0, read).EndsWith("paid"u8);)
        {
            read += socket.Receive(buffer.AsSpan(read));
        }

        return socket;
    }

    // The mesh notices the end of a response, and the passing of time, a moment later.
    private static async Task Idle(FakeTimeProvider time, TimeSpan span)
    {
        await Task.Delay(50);
        time.Advance(span);
        await Task.Delay(50);
    }
}
