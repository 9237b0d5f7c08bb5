using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Linux.Tests;

[NonParallelizable]
public sealed class ServiceNotificationTests
{
    [TearDown]
    public void Forget() => Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);

    [Test]
    public void The_supervisor_gets_each_notification()
    {
        var path = Path.Combine(Path.GetTempPath(), $"gm-{Guid.NewGuid():N}.sock");
        using var supervisor = Supervisor(path);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);

        ServiceNotification.Send("READY=1\nSTATUS=serving");

        Assert.That(Heard(supervisor), Is.EqualTo("READY=1\nSTATUS=serving"));
        File.Delete(path);
    }

    [Test]
    public void A_supervisor_with_an_abstract_address_gets_notifications_too()
    {
        var name = $"gm-{Guid.NewGuid():N}";
        using var supervisor = Supervisor($"\0{name}");
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", $"@{name}");

        ServiceNotification.Send("READY=1");

        Assert.That(Heard(supervisor), Is.EqualTo("READY=1"));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("/nowhere/at-all.sock")]
    [TestCase("relative and gone")]
    public void Without_a_supervisor_nothing_happens(string? path)
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", path);

        Assert.DoesNotThrow(() => ServiceNotification.Send("READY=1"));
    }

    [Test]
    public void A_supervisor_address_that_is_too_long_is_not_an_error()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", $"/tmp/{new string('x', 200)}");

        Assert.DoesNotThrow(() => ServiceNotification.Send("READY=1"));
    }

    private static Socket Supervisor(string path)
    {
        var socket = new Socket(
            AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)Wait.Deadline.TotalMilliseconds };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string Heard(Socket supervisor)
    {
        var buffer = new byte[1_000];
        return Encoding.UTF8.GetString(buffer, 0, supervisor.Receive(buffer));
    }
}
