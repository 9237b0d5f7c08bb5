using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Linux.Tests;

public sealed class ListeningSocketTests
{
    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    public void It_says_which_port_it_was_given(string address)
    {
        using var listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Parse(address), 0));

        Assert.That(listener.LocalAddress.Address.ToString(), Is.EqualTo(address));
        Assert.That(listener.LocalAddress.Port, Is.GreaterThan(0));
        using var client = Connected(listener);
        Assert.That(client.Connected, Is.True);
    }

    [Test]
    public void An_address_in_use_cannot_be_bound_and_the_error_says_so()
    {
        using var listener = Loopback();

        var failure = Assert.Throws<LinuxException>(() => ListeningSocket.Open(listener.LocalAddress));

        Assert.That(failure!.Errno, Is.EqualTo(98));
        Assert.That(failure.Message, Does.Contain("bind").Or.Contain("listen"));
    }

    [Test]
    public void Accepting_with_nobody_there_does_not_block()
    {
        using var listener = Loopback();

        Assert.That(listener.Accept(out var connection), Is.EqualTo(AcceptResult.Empty));
        Assert.That(connection, Is.Null);
    }

    [Test]
    public void Non_blocking_belongs_to_the_shared_description()
    {
        using var listener = Loopback();
        using var lent = new ListeningSocket(listener.Duplicate().Release());

        Assert.That(lent.Accept(out _), Is.EqualTo(AcceptResult.Empty));
    }

    [Test]
    public void The_queue_has_as_many_as_wait()
    {
        using var listener = Loopback();
        Assert.That(listener.QueueLength, Is.Zero);
        var clients = Enumerable.Range(0, 3).Select(_ => Connected(listener)).ToList();

        Wait.Until(() => listener.QueueLength == 3);
        Assert.That(listener.Accept(out var connection), Is.EqualTo(AcceptResult.Accepted));
        Assert.That(listener.QueueLength, Is.EqualTo(2));
        connection!.Dispose();
        clients.ForEach(client => client.Dispose());
    }

    [Test]
    public void A_connection_waits_for_whoever_accepts_next()
    {
        using var guard = Loopback();
        using var worker = new ListeningSocket(guard.Duplicate().Release());
        using var client = Connected(guard);
        Wait.Readable(worker.Number);

        Assert.That(worker.Accept(out var connection), Is.EqualTo(AcceptResult.Accepted));
        Assert.That(guard.Accept(out _), Is.EqualTo(AcceptResult.Empty));
        connection!.Dispose();
    }

    [Test]
    public void A_paused_listener_refuses_at_once_and_serves_on_the_same_port_when_resumed()
    {
        using var listener = Loopback();
        var address = listener.LocalAddress;
        for (var round = 0; round < 3; round++)
        {
            listener.Pause();
            Assert.That(
                Assert.Throws<SocketException>(() => Connected(address))!.SocketErrorCode, Is.EqualTo(SocketError.ConnectionRefused));

            listener.Resume();
            using var client = Connected(address);
            Wait.Readable(listener.Number);
            Assert.That(listener.Accept(out var connection), Is.EqualTo(AcceptResult.Accepted));
            Assert.That(listener.LocalAddress, Is.EqualTo(address));
            connection!.Dispose();
        }
    }

    [Test]
    public void Connections_that_wait_are_reset_by_a_pause()
    {
        using var listener = Loopback();
        using var client = Connected(listener);
        Wait.Until(() => listener.QueueLength == 1);

        listener.Pause();

        Assert.That(
            Assert.Throws<SocketException>(() => client.Receive(new byte[1]))!.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
    }

    [Test]
    public void A_pause_through_one_descriptor_pauses_them_all()
    {
        using var guard = Loopback();
        using var worker = new ListeningSocket(guard.Duplicate().Release());

        guard.Pause();

        Assert.That(worker.Accept(out _), Is.EqualTo(AcceptResult.NotListening));
        guard.Resume();
        Assert.That(worker.Accept(out _), Is.EqualTo(AcceptResult.Empty));
    }

    [Test]
    public void Nobody_else_can_take_the_port_of_a_paused_listener()
    {
        using var listener = Loopback();
        listener.Pause();

        Assert.Throws<LinuxException>(() => ListeningSocket.Open(listener.LocalAddress));
        Assert.DoesNotThrow(listener.Resume);
    }

    [Test]
    public void A_port_whose_connections_still_live_can_be_bound_again()
    {
        var listener = Loopback();
        var address = listener.LocalAddress;
        listener.Pause();
        listener.Resume();
        using var client = Connected(address);
        Wait.Readable(listener.Number);
        listener.Accept(out var connection);
        listener.Dispose();

        using var again = ListeningSocket.Open(address);

        Assert.That(again.LocalAddress, Is.EqualTo(address));
        connection!.Dispose();
    }

    [Test]
    public void An_accepted_connection_does_not_block()
    {
        using var listener = Loopback();
        using var client = Connected(listener);
        Wait.Readable(listener.Number);
        listener.Accept(out var connection);

        using var socket = new Socket(new SafeSocketHandle(connection!.Release(), ownsHandle: true)) { Blocking = false };
        socket.Receive(new byte[1], SocketFlags.None, out var error);

        Assert.That(error, Is.EqualTo(SocketError.WouldBlock));
    }

    private static ListeningSocket Loopback() => ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));

    private static Socket Connected(ListeningSocket listener) => Connected(listener.LocalAddress);

    private static Socket Connected(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
