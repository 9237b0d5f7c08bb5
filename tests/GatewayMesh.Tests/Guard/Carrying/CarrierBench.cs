using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Fixtures;
using GatewayMesh.Guard.Carrying;
using GatewayMesh.Linux;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Guard.Carrying;

/// <summary>A guard's carrier on real sockets, with a clock moved only by the test.</summary>
internal sealed class CarrierBench : IDisposable
{
    private readonly ListeningSocket _outbound = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<IDisposable> _own = [];
    private int _changes;

    internal CarrierBench(params FakeGateway[] gateways)
        : this(() => ReachRules.Unbounded, gateways)
    {
    }

    internal CarrierBench(Func<ReachRules> reach, params FakeGateway[] gateways)
    {
        Dialer = new TunnelDialer(null, "gatewaymesh-gateway", TimeProvider.System, reach);
        RunDir = System.IO.Directory.CreateTempSubdirectory("gm-run-").FullName;
        _own.AddRange(gateways);
        Write(gateways);
        Directory = new GatewayDirectory(RunDir);
        Watch = new GatewayWatch(Time, () => Interlocked.Increment(ref _changes));
        Carrier = new Carrier(Directory, Dialer, Warm, Watch, "host-a", "1.2.3", Time);
    }

    internal string RunDir { get; }

    internal FakeTimeProvider Time { get; } = new();

    internal GatewayDirectory Directory { get; }

    internal TunnelDialer Dialer { get; }

    internal WarmTunnels Warm { get; } = new();

    internal GatewayWatch Watch { get; }

    internal Carrier Carrier { get; }

    internal int Changes => Volatile.Read(ref _changes);

    internal void Write(params FakeGateway[] gateways)
    {
        var path = GatewayDirectory.PathOf(RunDir, "web");
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new GatewayList("web", [.. gateways.Select(gateway => gateway.Address)]).ToBytes());
    }

    /// <summary>A carried connection of an application.</summary>
    internal async Task<Socket> Connect(string? upstream = null)
    {
        var (client, accepted) = await Accepted();
        Carry(accepted, upstream);
        return client;
    }

    /// <summary>An application's connection that is reset after the guard has accepted it and before it is carried.</summary>
    internal async Task ConnectAndReset()
    {
        var (client, accepted) = await Accepted();
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        var poll = new PollSet();
        poll.Add(accepted.Number);
        await Eventually.Until("the reset arrived", () => poll.Wait(TimeSpan.FromMilliseconds(10)) == 1);
        Carry(accepted, null);
    }

    private async Task<(Socket Client, Descriptor Accepted)> Accepted()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _own.Add(client);
        await client.ConnectAsync(_outbound.LocalAddress);
        Descriptor? accepted = null;
        await Eventually.Until("the guard accepts", () => _outbound.Accept(out accepted) == AcceptResult.Accepted);
        return (client, accepted!);
    }

    private void Carry(Descriptor accepted, string? upstream) =>
        Carrier.Carry(
            accepted,
            new ListenerSpec("outbound/web", ListenerKind.Outbound, _outbound.LocalAddress) { Service = "web", Upstream = upstream });

    /// <summary>Advances the clock in real time until the condition holds, at most by <paramref name="atMost"/>.</summary>
    internal Task Passes(Func<bool> happened, string what, TimeSpan? atMost = null)
    {
        var latest = TimeProvider.System.GetTimestamp();
        var left = atMost ?? TimeSpan.MaxValue;
        return Eventually.Until(
            what,
            () =>
            {
                var now = TimeProvider.System.GetTimestamp();
                var passed = TimeProvider.System.GetElapsedTime(latest, now);
                passed = passed < left ? passed : left;
                (latest, left) = (now, left - passed);
                Time.Advance(passed);
                return happened();
            });
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The text and the error at the end; null for a FIN.</returns>
    internal static async Task<(string Text, SocketError? Error)> ReadAll(Socket client)
    {
        var text = new StringBuilder();
        var buffer = new byte[1000];
        try
        {
            int count;
            while ((count = await client.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask().WaitAsync(Eventually.Deadline)) > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            return (text.ToString(), null);
        }
        catch (SocketException failure)
        {
            return (text.ToString(), failure.SocketErrorCode);
        }
    }

    public void Dispose()
    {
        _own.ForEach(own => own.Dispose());
        Warm.Dispose();
        _outbound.Dispose();
        System.IO.Directory.Delete(RunDir, recursive: true);
    }
}
