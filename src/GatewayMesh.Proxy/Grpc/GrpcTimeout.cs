using System.Globalization;

namespace GatewayMesh.Proxy.Grpc;

/// <summary>The field <c>grpc-timeout</c>: at most eight digits and a unit (gRPC over HTTP/2, "Requests").</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxNumber = 99_999_999;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Reads it. What is malformed, or more than a day, sets no deadline here; it is left as it is for whoever it is meant for.</summary>
    public static bool TryRead(string? field, out TimeSpan timeout)
    {
        timeout = default;
        if (field is not { Length: >= 2 and <= MaxDigits + 1 } || !long.TryParse(field.AsSpan(0, field.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var ticks = field[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticks < 0)
        {
            return false;
        }

        timeout = ticks == 0 ? TimeSpan.FromTicks(number / 100) : TimeSpan.FromTicks(number * ticks);
        return timeout <= Day;
    }

    /// <summary>Writes what is left, in the finest unit that holds it, never as nothing: what is left of a call is told to the next hop, which must not take it for over.</summary>
    public static string Write(TimeSpan left)
    {
        var microseconds = Math.Max(1, left.Ticks / TimeSpan.TicksPerMicrosecond);
        var (number, unit) = microseconds <= MaxNumber ? (microseconds, 'u')
            : (microseconds / 1000, 'm'); // a day has 86,400,000 of them
        return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
    }
}
