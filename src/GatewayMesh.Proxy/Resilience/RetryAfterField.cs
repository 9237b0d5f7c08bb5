using System.Globalization;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>The <c>Retry-After</c> field of a response (RFC 9110 §10.2.3): seconds, or a date.</summary>
internal static class RetryAfterField
{
    private const string Name = "Retry-After";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Returns the wait requested by <paramref name="response"/>, at most a day; zero if absent or unreadable.</summary>
    public static TimeSpan Of(ResponseHead response, TimeProvider time)
    {
        if (response.Fields[Name] is not [{ } text])
        {
            return TimeSpan.Zero;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
        }

        if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return TimeSpan.Zero;
        }

        var wait = date - time.GetUtcNow();
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < Longest ? wait : Longest;
    }
}
