using System.Net;
using GatewayMesh.Commands.Drill.Load;

namespace GatewayMesh.Commands.Demo.Traffic;

/// <summary>The demo's users: some come in through the ingress, and on each host somebody calls payments through web's outbound address.</summary>
internal sealed class SteadyTraffic
{
    private const double RateEach = 15;
    private const int ConnectionsEach = 4;
    private readonly LoadRun[] _streams;

    /// <summary>Traffic over <paramref name="plan"/>, counted by <paramref name="tallies"/>.</summary>
    public SteadyTraffic(DemoPlan plan, PartTallies tallies, TimeProvider time)
    {
        LoadRun Stream(int port, string host) => new(
            new LoadSpec { Target = new IPEndPoint(IPAddress.Loopback, port), Host = host, Rate = RateEach, Connections = ConnectionsEach },
            tallies,
            time);
        _streams = [Stream(plan.PublicPort, "web.demo"), .. plan.Hosts.Select(host => Stream(host.Outbound("web"), "payments"))];
    }

    /// <summary>Requests a second, all streams together.</summary>
    public double Rate => RateEach * _streams.Length;

    /// <summary>Begins.</summary>
    public void Start()
    {
        foreach (var stream in _streams)
        {
            stream.Start();
        }
    }

    /// <summary>Ends, when the last answer is there.</summary>
    public void End()
    {
        foreach (var stream in _streams)
        {
            stream.Stop();
        }

        foreach (var stream in _streams)
        {
            stream.Join();
        }
    }
}
