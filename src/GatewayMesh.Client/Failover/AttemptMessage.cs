using System.Globalization;
using GatewayMesh.Client.Bodies;
using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Failover;

/// <summary>The message of one attempt: the caller's, addressed to a target. The caller's own stays as it is.</summary>
internal static class AttemptMessage
{
    private const string AttemptField = "gatewaymesh-attempt";
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>A message for attempt <paramref name="number"/>.</summary>
    public static HttpRequestMessage For(HttpRequestMessage request, RequestBody body, Target target, int number)
    {
        var uri = request.RequestUri!;
        var message = new HttpRequestMessage(request.Method, new Uri(target.Origin.GetLeftPart(UriPartial.Authority) + uri.PathAndQuery, AsWritten))
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = body.ForAttempt(),
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            message.Headers.TryAddWithoutValidation(name, values);
        }

        // The service is named by the host; connections are kept for the target.
        message.Headers.Host ??= uri.IsDefaultPort ? uri.IdnHost : string.Create(CultureInfo.InvariantCulture, $"{uri.IdnHost}:{uri.Port}");
        message.Headers.Remove(AttemptField);
        message.Headers.TryAddWithoutValidation(AttemptField, number.ToString(CultureInfo.InvariantCulture));
        foreach (var (key, value) in (IDictionary<string, object?>)request.Options)
        {
            ((IDictionary<string, object?>)message.Options)[key] = value;
        }

        return message;
    }
}
