using System.Globalization;

namespace GatewayMesh.Proxy.Grpc;

/// <summary>The <c>grpc-timeout</c> field: at most eight digits and a unit (gRPC over HTTP/2, "Requests").</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxNumber = 99_999_999;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// Reads the field. A malformed value, or more than a day, sets no deadline here and is passed on unchanged to the callee.
    /// </summary>
    public static bool TryRead(string? field, out TimeSpan timeout)
    {
        timeout = default;
        if (field is not { Length: >= 2 and <= MaxDigits + 1 }
            || !long.TryParse(field.AsSpan(0, field.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
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

    /// <summary>
    /// Writes the remaining time in the finest unit that fits, never as zero: the next hop must not treat the call as expired.
    /// </summary>
    public static string Write(TimeSpan left)
    {
        var microseconds = Math.Max(1, left.Ticks / TimeSpan.TicksPerMicrosecond);
        var (number, unit) = microseconds <= MaxNumber ? (microseconds, 'u')
            : (microseconds / 1000, 'm'); // a day has 86,400,000 of them
        return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
    }
}
