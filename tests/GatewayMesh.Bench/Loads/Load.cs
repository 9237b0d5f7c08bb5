using System.Globalization;

namespace GatewayMesh.Bench.Loads;

/// <summary>Load of h2load: one kind of request, over a number of connections, as fast as possible or at a rate.</summary>
internal sealed record Load(string Path, int Connections)
{
    /// <summary>Requests per second over all connections. Default: as many as the peer answers.</summary>
    public int? Rate { get; init; }

    /// <summary>Concurrent streams of a connection; more than 0 means HTTP/2. Default: HTTP/1.1.</summary>
    public int Streams { get; init; }

    /// <summary>Requests per second of the measurement, for bodies that take long. Default: the duration ends the load.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>True if the time of each request is logged.</summary>
    public bool IsTimed => Rate is not null;

    /// <summary>Arguments of h2load.</summary>
    /// <param name="port">Port on 127.0.0.1.</param>
    /// <param name="seconds">Duration.</param>
    /// <param name="log">File with one line for each request; only with <see cref="Rate"/>.</param>
    public IReadOnlyList<string> Arguments(int port, int seconds, string log) =>
    [
        .. Streams > 0 ? ["-m", Text(Streams)] : new[] { "--h1" },
        "-c", Text(Connections),
        .. Amount(seconds),
        .. IsTimed ? new[] { $"--log-file={log}" } : [],
        $"--connect-to=127.0.0.1:{Text(port)}",
        $"http://payments{Path}",
    ];

    // Connections begin one after the other over the time between two requests of one, so that requests are not sent in bursts.
    private string[] Amount(int seconds)
    {
        if (Rate is { } rate)
        {
            var perMillisecond = Math.Max(1, rate / 1000);
            var period = Math.Max(1, 1000 / rate);
            return
            [
                "-n", Text(rate * seconds),
                "-r", Text(perMillisecond), $"--rate-period={Text(period)}ms",
                $"--rps={((double)rate / Connections).ToString(CultureInfo.InvariantCulture)}",
            ];
        }

        return RequestsPerSecond is { } requests ? ["-n", Text(requests * seconds)] : ["-D", Text(seconds)];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
