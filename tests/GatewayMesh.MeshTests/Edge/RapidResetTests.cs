using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.MeshTests.Edge;

/// <summary>
/// Requests that their client resets at once, as fast as the node takes them, beside another client of the same listener. The environment
/// variable
/// MESH_TESTS_FLOOD_SECONDS asks for more than the two seconds.
/// </summary>
internal sealed class RapidResetTests : MeshTest
{
    private const int Lines = 200; // a second, so that the flood exceeds the rate on a busy machine too
    private const int Pairs = 100; // of HEADERS and RST_STREAM in one write
    private const int Connections = 4;

    private static readonly int Seconds =
        int.TryParse(
            Environment.GetEnvironmentVariable("MESH_TESTS_FLOOD_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 2;

    [Test]
    public async Task Rapid_reset_never_floods_the_access_log_and_fails_no_call_of_another_client()
    {
        var payments = Mesh.AddBackend("payments");
        var outbound = FreePorts.Loopback();
        await File.WriteAllTextAsync(
            Path.Combine(Mesh.Registry, "payments.yaml"),
            $"kind: service\nname: payments\ninstances: [ {{ address: 127.0.0.1, port: {payments.Port} }} ]\n");
        var host = Mesh.AddSidecar("host-a", $"- name: web\n  port: {FreePorts.Next()}\n  outbound: {outbound}\n");
        await File.AppendAllTextAsync(host.ConfigFile, $"logs:\n  accessLog:\n    maxLinesPerSecond: {Lines}\n");
        host.Start();
        await host.UntilAsync("serves", status => status.Tier == "sidecar");
        var before = await host.StatusAsync();
        await using var witness = new PlainClient(outbound, "payments");
        await witness.UntilServedAsync(100);
        var (linesBefore, bytesBefore) = (host.Process.OutputLines, host.Process.OutputBytes);

        var began = TimeProvider.System.GetTimestamp();
        var floods = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => FloodAsync(outbound, began)));
        await witness.UntilServedAsync(100);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var report = await witness.StopAsync();
        var after = await host.StatusAsync();
        await Eventually.Until(
            "one line has the count of the suppressed lines", () => Suppressed(host) > 0, () => Task.FromResult(host.Process.Tail(40)));
        var (lines, bytes) = (host.Process.OutputLines - linesBefore, host.Process.OutputBytes - bytesBefore);
        var (sent, ended) = (floods.Sum(flood => flood.Sent), floods.Sum(flood => flood.Ended));
        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds:0.0} s: {sent} requests reset; connections were ended {ended} times; access log {lines} lines, {bytes} bytes, "
                + $"{Suppressed(host)} left out"));

        Assert.That(report.Failed, Is.Zero, witness.Failures);
        Assert.That(sent, Is.GreaterThan(1000 * Seconds), "a flood");
        Assert.That(ended, Is.Positive, "a connection of a flood ends before the flood does");
        Assert.That(lines, Is.LessThanOrEqualTo((Lines + 1) * (seconds + 2)));
        Assert.That(bytes, Is.LessThan(1024 * lines));
        Assert.That((after.Kills, after.Worker), Is.EqualTo((before.Kills, before.Worker)), "the worker is that of before");
    }

    private static long Suppressed(MeshNode host) => host.Process.Output.Split('\n')
        .Where(line => line.Contains("\"suppressed\"", StringComparison.Ordinal))
        .Sum(line => JsonDocument.Parse(line).RootElement.GetProperty("suppressed").GetInt64());

    // A new connection wherever the node ends one.
    private static async Task<(long Sent, int Ended)> FloodAsync(IPEndPoint outbound, long began)
    {
        var (sent, ended) = (0L, 0);
        while (TimeProvider.System.GetElapsedTime(began).TotalSeconds < Seconds)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(outbound);
            try
            {
                var draining = DrainAsync(socket);
                await socket.SendAsync((byte[])[.. H2Connection.Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
                for (
                    var stream = 1; TimeProvider.System.GetElapsedTime(began).TotalSeconds < Seconds
                        && !draining.IsCompleted; stream += 2 * Pairs)
                {
                    await socket.SendAsync(Resets(stream));
                    sent += Pairs;
                }

                ended += draining.IsCompleted ? 1 : 0;
                socket.Dispose();
                await draining;
            }
            catch (SocketException)
            {
                ended++;
            }
        }

        return (sent, ended);
    }

    private static byte[] Resets(int stream)
    {
        var head = Hpack.Encode(Fields.Request("GET", "/flood", "payments"));
        using var bytes = new MemoryStream();
        for (var i = 0; i < Pairs; i++, stream += 2)
        {
            Write(bytes, FrameType.Headers, Frame.EndHeaders | Frame.EndStream, stream, head);
            Write(bytes, FrameType.RstStream, 0, stream, [0, 0, 0, 8]);
        }

        return bytes.ToArray();
    }

    private static void Write(MemoryStream to, FrameType type, int flags, int stream, byte[] payload)
    {
        Span<byte> head = [
            (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        to.Write(head);
        to.Write(payload);
    }

    // Ends with the connection.
    private static async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }
}
