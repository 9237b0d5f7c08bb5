using System.Net;
using GatewayMesh.Proxy.ExternalAuthorization;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Writes a question to an authorization service as a message of the HTTP client.</summary>
internal static class QuestionMessage
{
    /// <summary>Returns the message. Each sending needs its own.</summary>
    public static HttpRequestMessage Of(AuthorizationQuestion question, string url, bool isHttp2 = false)
    {
        var message = new HttpRequestMessage(new HttpMethod(question.Method), url)
        {
            Version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = question.Body is { } body ? new ByteArrayContent(body.Array!, body.Offset, body.Count) : null,
        };
        foreach (var field in question.Fields)
        {
            if (!message.Headers.TryAddWithoutValidation(field.Name, field.Value))
            {
                _ = message.Content?.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
        }

        return message;
    }
}
