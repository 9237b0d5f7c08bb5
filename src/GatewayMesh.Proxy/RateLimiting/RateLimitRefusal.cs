using System.Globalization;
using GatewayMesh.Configuration.Policies.RateLimiting;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>The limit that refused a request, for the fields of the response (draft-ietf-httpapi-ratelimit-headers-10).</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Remaining">Tokens left, fewer than the request takes.</param>
/// <param name="Wait">Time until there are enough.</param>
public sealed record RateLimitRefusal(RateLimitModel Limit, int Remaining, TimeSpan Wait)
{
    /// <summary>Value of <c>RateLimit-Policy</c>: the quota is the burst, the window the time in which an empty bucket is full.</summary>
    public string PolicyField =>
        string.Create(CultureInfo.InvariantCulture, $"\"{Limit.Name}\";q={Limit.Burst};w={SecondsOf(Limit.Window)}");

    /// <summary>Value of <c>RateLimit</c>: the quota left, and the time until the request may be repeated.</summary>
    public string Field => string.Create(CultureInfo.InvariantCulture, $"\"{Limit.Name}\";r={Remaining};t={SecondsOf(Wait)}");

    private static long SecondsOf(TimeSpan span) => Math.Max(1, (long)Math.Ceiling(span.TotalSeconds));
}
