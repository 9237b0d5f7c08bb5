using System.Globalization;

namespace GatewayMesh.Bench.Loads;

/// <summary>Times of single requests in microseconds, ascending.</summary>
internal sealed class RequestTimes(IEnumerable<double> times)
{
    private readonly double[] _ascending = [.. times.Order()];

    /// <summary>Reads the log of h2load: start, status, and duration, separated by tabs.</summary>
    public static RequestTimes Parse(IEnumerable<string> lines) =>
        new(lines.Select(line => line.Split('\t')).Where(fields => fields.Length >= 3)
            .Select(fields => double.Parse(fields[2], CultureInfo.InvariantCulture)));

    /// <summary>The smallest time that at least <paramref name="share"/> of the requests do not exceed; 0 without a request.</summary>
    /// <param name="share">0 to 1.</param>
    public double Percentile(double share) => _ascending.Length == 0
        ? 0
        : _ascending[Math.Clamp((int)Math.Ceiling(share * _ascending.Length) - 1, 0, _ascending.Length - 1)];
}
