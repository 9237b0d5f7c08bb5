using System.Net;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Drills.Demo.Traffic;

/// <summary>The demo's load: requests through the ingress, and calls to payments through web's outbound address on each host.</summary>
internal sealed class SteadyTraffic
{
    private const double RateEach = 15;
    private const int ConnectionsEach = 4;
    private readonly LoadRun[] _streams;

    /// <summary>Creates the load for <paramref name="plan"/>, counted by <paramref name="tallies"/>.</summary>
    public SteadyTraffic(DemoPlan plan, PartTallies tallies, TimeProvider time)
    {
        LoadRun Stream(int port, string host) => new(
            new LoadSpec { Target = new IPEndPoint(IPAddress.Loopback, port), Host = host, Rate = RateEach, Connections = ConnectionsEach },
            tallies,
            time);
        _streams = [Stream(plan.PublicPort, "web.demo"), .. plan.Hosts.Select(host => Stream(host.Outbound("web"), "payments"))];
    }

    /// <summary>Requests per second of all streams together.</summary>
    public double Rate => RateEach * _streams.Length;

    /// <summary>Starts the load.</summary>
    public void Start()
    {
        foreach (var stream in _streams)
        {
            stream.Start();
        }
    }

    /// <summary>Stops the load and waits for the last response.</summary>
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
