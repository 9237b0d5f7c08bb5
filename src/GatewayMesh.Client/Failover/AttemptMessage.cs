using System.Globalization;
using GatewayMesh.Client.Bodies;
using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Failover;

/// <summary>
/// Makes the message of one attempt: a copy of the caller's message, addressed to a target. The original stays unchanged.
/// </summary>
internal static class AttemptMessage
{
    private const string AttemptField = "gatewaymesh-attempt";
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The message for attempt <paramref name="number"/>.</summary>
    public static HttpRequestMessage For(HttpRequestMessage request, RequestBody body, Target target, int number)
    {
        var uri = request.RequestUri!;
        var message = new HttpRequestMessage(
            request.Method, new Uri(target.Origin.GetLeftPart(UriPartial.Authority) + uri.PathAndQuery, AsWritten))
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = body.ForAttempt(),
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            message.Headers.TryAddWithoutValidation(name, values);
        }

        // The Host field names the service, while connections are pooled by target.
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
