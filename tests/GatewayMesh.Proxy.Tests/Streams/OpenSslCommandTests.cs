using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Tests.Loops;

namespace GatewayMesh.Proxy.Tests.Streams;

/// <summary>TLS streams against <c>openssl s_client</c> and <c>openssl s_server</c>.</summary>
public class OpenSslCommandTests
{
    [TestCase("-tls1_3", true)]
    [TestCase("-tls1_2", false)]
    public async Task The_command_as_a_client(string version, bool agrees)
    {
        await using var rig = new TlsRig();
        using var folder = new TemporaryFolder();
        var (cert, roots) = Files(rig, folder, "web");
        using var listener = Listening();
        using var client = Start(
            $"s_client -connect {listener.LocalEndPoint} {version} -cert {cert} -key {cert} -CAfile {roots} -alpn http/1.1"
                + " -quiet -no_ign_eof");
        var fd = await AcceptAsync(listener);
        var received = "";
        Exception? failure = null;
        await rig.Run(async () =>
        {
            var server = TlsStream.Accept(new LoopSocket(rig.Loop, fd, null), rig.Server(null, "http/1.1"), rig.Clients);
            try
            {
                await server.HandshakeAsync();
                await client.StandardInput.WriteAsync("question\n");
                await client.StandardInput.FlushAsync();
                await rig.Loop.SwitchTo();
                var buffer = new byte[100];
                var count = await server.ReadAsync(buffer);
                received = System.Text.Encoding.ASCII.GetString(buffer, 0, count);
                await server.WriteAsync("answer\n"u8.ToArray());
                await server.EndWritingAsync();
            }
            catch (TlsException error)
            {
                failure = error;
            }

            server.Close();
        });
        client.StandardInput.Close();
        var said = await client.StandardOutput.ReadToEndAsync();
        if (agrees)
        {
            Assert.That((received, said), Is.EqualTo(("question\n", "answer\n")));
        }
        else
        {
            Assert.That(failure, Is.Not.Null, "TLS 1.2 is not spoken in the mesh");
            Assert.That(await client.StandardError.ReadToEndAsync(), Does.Contain("protocol version"));
        }
    }

    // s_server sends session tickets: they are of TLS alone, and an idle connection with them has no input.
    [Test]
    public async Task The_command_as_a_server()
    {
        await using var rig = new TlsRig();
        using var folder = new TemporaryFolder();
        var (cert, roots) = Files(rig, folder, "payments");
        var port = FreePort();
        using var server = Start(
            $"s_server -accept 127.0.0.1:{port} -cert {cert} -key {cert} -CAfile {roots} -Verify 2 -tls1_3 -alpn http/1.1 -rev");
        await rig.Run(async () =>
        {
            var client = TlsStream.Connect(await Connected(rig, port), rig.Client(null, "http/1.1"), rig.Servers);
            await client.HandshakeAsync();
            Assert.That(client.Protocol, Is.EqualTo("http/1.1"));
            await client.WriteAsync("abc\n"u8.ToArray());
            var buffer = new byte[100];
            var count = 0;
            while (count < 4)
            {
                count += await client.ReadAsync(buffer.AsMemory(count));
            }

            Assert.That(System.Text.Encoding.ASCII.GetString(buffer, 0, count), Is.EqualTo("cba\n"));
            await rig.Loop.Delay(TimeSpan.FromMilliseconds(20));
            Assert.That(client.HasInput, Is.False);
            client.Close();
        });
        server.Kill();
    }

    [Test]
    public async Task A_server_that_refuses_the_client_is_heard()
    {
        await using var rig = new TlsRig();
        using var folder = new TemporaryFolder();
        using var stranger = new TestAuthority();
        var (cert, _) = Files(rig, folder, "payments");
        var roots = Written(folder, "stranger.pem", stranger.RootPem);
        var port = FreePort();
        using var server = Start(
            $"s_server -accept 127.0.0.1:{port} -cert {cert} -key {cert} -CAfile {roots} -Verify 2 -verify_return_error -tls1_3 -quiet");
        await rig.Run(async () =>
        {
            var client = TlsStream.Connect(await Connected(rig, port), rig.Client(), rig.Servers);
            await client.HandshakeAsync();
            var failure = await Assert.CatchAsync<TlsException>(async () => await client.ReadAsync(new byte[10]));
            Assert.That(failure!.Received, Is.EqualTo(AlertName.UnknownCa));
            client.Close();
        });
        server.Kill();
    }

    private static (string Certificate, string Roots) Files(TlsRig rig, TemporaryFolder folder, string service) =>
        (Written(folder, $"{service}.pem", rig.Authority.Issue(service)), Written(folder, "roots.pem", rig.Authority.RootPem));

    private static string Written(TemporaryFolder folder, string name, string content)
    {
        folder.Write(name, content);
        return folder[name];
    }

    private static Process Start(string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static Socket Listening()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Task<int> AcceptAsync(Socket listener)
    {
        using var limit = new CancellationTokenSource(LoopRig.Patience);
        listener.Blocking = false;
        while (true)
        {
            var fd = GatewayMesh.Linux.StreamSocket.Accept((int)listener.SafeHandle.DangerousGetHandle(), out _);
            if (fd >= 0)
            {
                return fd;
            }

            await Task.Delay(5, limit.Token);
        }
    }

    private static int FreePort()
    {
        using var socket = Listening();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // The command needs a moment to listen.
    private static async Task<LoopSocket> Connected(TlsRig rig, int port)
    {
        for (var tries = 0; ; tries++)
        {
            var socket = LoopSocket.Open(rig.Loop, AddressFamily.InterNetwork, mayStand: true);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)).ConfigureAwait(false);
                return socket;
            }
            catch (GatewayMesh.Linux.LinuxException) when (tries < 1_000)
            {
                await rig.Loop.Delay(TimeSpan.FromMilliseconds(10)).ConfigureAwait(false);
            }
        }
    }
}
