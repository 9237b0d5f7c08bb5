using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.ExternalAuthorization;

/// <summary>
/// An authorization service in the way of oauth2-proxy: a request with its session cookie passes with the user's name, others are sent to
/// the login page. A test makes it slow, dead, or lying.
/// </summary>
internal sealed class OAuthService : IDisposable
{
    public const string Session = "session=alice-1";

    private readonly Backend _server;

    public OAuthService() => _server = new Backend((question, connection) => Behavior(question, connection));

    /// <summary>Reaction to a question. Default: <see cref="Answer"/>.</summary>
    public Func<RawMessage, RawConnection, Task> Behavior { get; set; } = Answer;

    public int Asked => _server.Executed;

    public RawMessage Last => _server.Last;

    public string Url => $"http://{_server.Address}/verify";

    public HostPort Address => _server.HostPort;

    /// <summary>Policy that asks this service.</summary>
    /// <param name="with">Changes the policy.</param>
    /// <param name="service">Name of this service in the mesh; null asks its URL.</param>
    public PolicyModel Policy(Func<ExternalAuthorizationModel, ExternalAuthorizationModel>? with = null, string? service = null)
    {
        var model = new ExternalAuthorizationModel
        {
            Url = service is null ? Url : "",
            Service = service ?? "",
            Path = "/verify",
            ResponseHeaders = ["x-user"],
            Timeout = TimeSpan.FromSeconds(5),
        };
        return PolicyModel.Default with { ExternalAuthorization = with?.Invoke(model) ?? model };
    }

    public static Task Answer(RawMessage question, RawConnection connection) => connection.Send(
        question["Cookie"]?.Contains(Session, StringComparison.Ordinal) == true
            ? "HTTP/1.1 200 OK\r\nX-User: alice\r\nX-Secret: no\r\nContent-Length: 2\r\n\r\nok"
            : question["Authorization"] is not null
            ? "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nX-Reason: nobody\r\nContent-Length: 7\r\n\r\nnot you"
            : "HTTP/1.1 302 Found\r\nLocation: https://login.test/?rd=x\r\nSet-Cookie: csrf=1; HttpOnly\r\nContent-Length: 0\r\n\r\n");

    public void Dispose() => _server.Dispose();
}
