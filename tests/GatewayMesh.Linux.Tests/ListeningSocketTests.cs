using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Linux.Tests;

public sealed class ListeningSocketTests
{
    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    public void A_bound_socket_reports_its_port(string address)
    {
        using var listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Parse(address), 0));

        Assert.That(listener.LocalAddress.Address.ToString(), Is.EqualTo(address));
        Assert.That(listener.LocalAddress.Port, Is.GreaterThan(0));
        using var client = Connected(listener);
        Assert.That(client.Connected, Is.True);
    }

    [Test]
    public void An_address_in_use_cannot_be_bound_and_is_named_in_the_error()
    {
        using var listener = Loopback();

        var failure = Assert.Throws<LinuxException>(() => ListeningSocket.Open(listener.LocalAddress));

        Assert.That(failure!.Errno, Is.EqualTo(98));
        Assert.That(failure.Message, Does.Contain("bind").Or.Contain("listen"));
    }

    [Test]
    public void Accepting_without_a_client_does_not_block()
    {
        using var listener = Loopback();

        Assert.That(listener.Accept(out var connection), Is.EqualTo(AcceptResult.Empty));
        Assert.That(connection, Is.Null);
    }

    [Test]
    public void Non_blocking_mode_belongs_to_the_shared_file_description()
    {
        using var listener = Loopback();
        using var lent = new ListeningSocket(listener.Duplicate().Release());

        Assert.That(lent.Accept(out _), Is.EqualTo(AcceptResult.Empty));
    }

    [Test]
    public void The_queue_length_is_the_number_of_waiting_connections()
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
    public void A_waiting_connection_goes_to_the_next_process_that_accepts()
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
    public void A_paused_listener_refuses_at_once_and_accepts_on_the_same_port_after_resuming()
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
    public void A_pause_resets_waiting_connections()
    {
        using var listener = Loopback();
        using var client = Connected(listener);
        Wait.Until(() => listener.QueueLength == 1);

        listener.Pause();

        Assert.That(
            Assert.Throws<SocketException>(() => client.Receive(new byte[1]))!.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
    }

    [Test]
    public void A_pause_through_one_descriptor_applies_to_all_descriptors()
    {
        using var guard = Loopback();
        using var worker = new ListeningSocket(guard.Duplicate().Release());

        guard.Pause();

        Assert.That(worker.Accept(out _), Is.EqualTo(AcceptResult.NotListening));
        guard.Resume();
        Assert.That(worker.Accept(out _), Is.EqualTo(AcceptResult.Empty));
    }

    [Test]
    public void No_other_process_can_bind_the_port_of_a_paused_listener()
    {
        using var listener = Loopback();
        listener.Pause();

        Assert.Throws<LinuxException>(() => ListeningSocket.Open(listener.LocalAddress));
        Assert.DoesNotThrow(listener.Resume);
    }

    [Test]
    public void A_port_with_open_connections_can_be_bound_again()
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
