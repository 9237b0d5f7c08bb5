using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Listeners;

public class LeaseTests
{
    [Test]
    public async Task Without_the_lease_connections_wait_in_the_kernels_queue_until_the_lease_is_held()
    {
        await using var mesh = await Mesh.Start();
        using var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
        var lent = new ListeningSocket(socket.Duplicate().Release());
        mesh.Plane.Open(new ListenerSpec("outbound/web", ListenerKind.Outbound, socket.LocalAddress) { Service = "web" }, lent);
        mesh.Plane.Accept(false);

        using var one = await RawConnection.To(socket.LocalAddress);
        using var two = await RawConnection.To(socket.LocalAddress);
        await one.Send("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.That(socket.QueueLength, Is.EqualTo(2));
        Assert.That(mesh.Plane.Inspection.Figures.Connections, Is.Zero);

        mesh.Plane.Accept(true);
        Assert.That((await one.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
        Assert.That((await two.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task After_Accept_false_returns_no_connection_is_accepted()
    {
        await using var mesh = await Mesh.Start();
        var outbound = mesh.Outbound();
        for (var round = 0; round < 50; round++)
        {
            mesh.Plane.Accept(true);
            using var before = await RawConnection.To(outbound);
            mesh.Plane.Accept(false);
            var taken = mesh.Plane.Inspection.Figures.Connections;
            using var after = await RawConnection.To(outbound);
            Assert.That(mesh.Plane.Inspection.Figures.Connections, Is.LessThanOrEqualTo(taken));
        }
    }

    [Test]
    public async Task Existing_connections_are_served_without_the_lease()
    {
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Outbound());
        await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");

        mesh.Plane.Accept(false);

        Assert.That((await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_probe_is_served_without_the_lease_while_draining_and_beyond_the_limit()
    {
        using var guard = Backend.Answering("probed");
        await using var mesh = await Mesh.Start(options => options with { Limits = options.Limits with { MaxConnections = 1 } });
        var probe = mesh.Open(ListenerKind.Probe, "probe", spec => spec with { Application = guard.HostPort });
        using var full = await RawConnection.To(mesh.Outbound());
        await full.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");

        using var beyond = await RawConnection.To(probe);
        Assert.That((await beyond.Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).Body, Is.EqualTo("probed"));
        mesh.Plane.Accept(false);
        using var unleased = await RawConnection.To(probe);
        Assert.That((await unleased.Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).Body, Is.EqualTo("probed"));
        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(10));
        using var draining = await RawConnection.To(probe);
        Assert.That((await draining.Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).Body, Is.EqualTo("probed"));
        mesh.Plane.Undrain();
        await drain;
    }

    [Test]
    public async Task The_probe_is_unanswered_while_any_loop_is_stalled()
    {
        using var guard = Backend.Answering("probed");
        await using var mesh = await Mesh.Start(options => options with { Loops = 2 });
        var probe = mesh.Open(ListenerKind.Probe, "probe", spec => spec with { Application = guard.HostPort });
        using var client = await RawConnection.To(probe);
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).Body, Is.EqualTo("probed"));

        foreach (var loop in mesh.Plane.Loops)
        {
            using var release = new ManualResetEventSlim();
            var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(() =>
            {
                stalled.SetResult();
                release.Wait();
            });
            await stalled.Task;
            var answer = client.Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await Task.Delay(200); // an answer would have arrived by then
            var early = answer.IsCompleted;
            release.Set();

            Assert.That((await answer).Body, Is.EqualTo("probed"));
            Assert.That(early, Is.False, "the probe goes through each loop");
        }
    }

    [Test]
    public async Task Beyond_the_limit_connections_wait_until_one_ends()
    {
        await using var mesh = await Mesh.Start(options => options with { Limits = options.Limits with { MaxConnections = 2 } });
        var outbound = mesh.Outbound();
        var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);
        await one.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");
        await two.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");

        using var three = await RawConnection.To(outbound);
        await three.Send("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");
        await two.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.That(mesh.Plane.Inspection.Figures.Connections, Is.EqualTo(2));
        one.Dispose();

        Assert.That((await three.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_closed_listener_accepts_nothing_and_leaves_the_shared_socket_listening()
    {
        await using var mesh = await Mesh.Start();
        using var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
        mesh.Plane.Open(
            new ListenerSpec("outbound/web", ListenerKind.Outbound, socket.LocalAddress),
            new ListeningSocket(socket.Duplicate().Release()));
        using var before = await RawConnection.To(socket.LocalAddress);
        await before.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.That(mesh.Plane.Close("outbound/web"));
        Assert.That(mesh.Plane.Close("outbound/web"), Is.False);
        using var after = await RawConnection.To(socket.LocalAddress);

        Assert.That((await before.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status, Is.EqualTo(200));
        Assert.That(socket.QueueLength, Is.EqualTo(1));
    }

    [Test]
    public async Task Progress_is_counted_in_the_guards_page()
    {
        using var payments = Backend.Answering("paid");
        using var page = ProgressPage.Create();
        await using var mesh = await Mesh.Start(options => options with { Progress = page });
        mesh.Service("payments", payments.HostPort);
        using (var client = await RawConnection.To(mesh.Outbound()))
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nConnection: close\r\n\r\n");
            await client.IsEnded();
        }

        Assert.That(page.Read(Progress.Accepted), Is.EqualTo(1));
        Assert.That(page.Read(Progress.RequestsStarted), Is.EqualTo(1));
        Assert.That(page.Read(Progress.UpstreamAnswers), Is.EqualTo(1));
        Assert.That(page.Read(Progress.AcceptTurns), Is.GreaterThan(0));
        Assert.That(() => page.Read(Progress.RequestsEnded), Is.EqualTo(1).After(5000, 5));
        Assert.That(() => page.Read(Progress.Closed), Is.EqualTo(1).After(5000, 5));
    }

    [Test]
    public async Task A_stalled_loop_is_shown_in_the_guards_page_by_waiting_work_and_no_turns()
    {
        using var page = ProgressPage.Create();
        await using var mesh = await Mesh.Start(options => options with { Progress = page, Loops = 2 });
        using var release = new ManualResetEventSlim();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mesh.Plane.Loops[1].Post(() =>
        {
            stalled.SetResult();
            release.Wait();
        });
        await stalled.Task;
        var before = (page.Loop(0).Turns, page.Loop(1).Turns);

        mesh.Plane.Loops[0].Touch();
        mesh.Plane.Loops[1].Touch();

        Assert.That(page.Loops, Is.EqualTo(2));
        Assert.That(() => page.Loop(0).Turns, Is.GreaterThan(before.Item1).After(5000, 5));
        Assert.That(() => page.Loop(0).Waiting, Is.Zero.After(5000, 5));
        Assert.That((page.Loop(1).Turns, page.Loop(1).Waiting), Is.EqualTo((before.Item2, 1L)));
        release.Set();
        Assert.That(() => page.Loop(1).Waiting, Is.Zero.After(5000, 5));
        Assert.That(page.Loop(1).Turns, Is.GreaterThan(before.Item2));
    }

    [Test]
    public async Task A_paused_socket_does_not_make_the_thread_spin()
    {
        using var page = ProgressPage.Create();
        await using var mesh = await Mesh.Start(options => options with { Progress = page });
        using var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
        mesh.Plane.Open(
            new ListenerSpec("outbound/web", ListenerKind.Outbound, socket.LocalAddress),
            new ListeningSocket(socket.Duplicate().Release()));

        socket.Pause();
        var before = page.Read(Progress.AcceptTurns);
        await Task.Delay(300); // the rate itself is under test
        Assert.That(page.Read(Progress.AcceptTurns) - before, Is.LessThan(100));

        socket.Resume();
        using var client = await RawConnection.To(socket.LocalAddress);
        Assert.That((await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_connection_reset_before_service_does_no_harm()
    {
        await using var mesh = await Mesh.Start();
        var outbound = mesh.Outbound();
        for (var i = 0; i < 50; i++)
        {
            (await RawConnection.To(outbound)).Reset();
        }

        using var client = await RawConnection.To(outbound);
        Assert.That((await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status, Is.EqualTo(200));
        Assert.That(() => mesh.Plane.Inspection.Figures.Connections, Is.EqualTo(1).After(5000, 5));
    }
}
