using System.Globalization;

namespace GatewayMesh.Proxy.Connections;

/// <summary>Value of <c>Date</c> (RFC 9110 §6.6.1), formatted once a second.</summary>
internal static class DateField
{
    private static Formatted Last = new(0, "");

    /// <summary>Returns the current time as an IMF-fixdate.</summary>
    public static string Now(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        var last = Volatile.Read(ref Last);
        if (last.Second != second)
        {
            last = new Formatted(second, now.ToString("r", CultureInfo.InvariantCulture));
            Volatile.Write(ref Last, last);
        }

        return last.Text;
    }

    private sealed record Formatted(long Second, string Text);
}
