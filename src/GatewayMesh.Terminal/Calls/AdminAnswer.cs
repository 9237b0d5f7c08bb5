using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Terminal.Calls;

/// <summary>Response of an admin address.</summary>
/// <param name="Status">HTTP status, or 0 without a response.</param>
/// <param name="Body">The body.</param>
/// <param name="Failure">Reason for a missing response.</param>
public sealed record AdminAnswer(int Status, string Body, string? Failure)
{
    /// <summary>The body on one line, without control characters.</summary>
    public string BodyLine => SafeText.OneLine(Body.Trim());

    /// <summary>True for a 2xx response.</summary>
    public bool IsWell => Status is >= 200 and < 300;

    /// <summary>The document of a 2xx response; null without one.</summary>
    /// <param name="type">Kind of the document, from <see cref="ShownJson.Context"/>.</param>
    public T? Document<T>(JsonTypeInfo<T> type)
        where T : class => IsWell ? DocumentReader.Read(Body, type) : null;

    /// <summary>The status in the response; null without one.</summary>
    public NodeStatus? NodeStatus => Document(ShownJson.Context.NodeStatus);

    /// <summary>Description of an unsuccessful response.</summary>
    public string Problem => Failure ?? Status switch
    {
        401 when ShownToken.Value is null => "the node requires its admin token",
        401 => "the admin token is wrong",
        403 => "the node refuses: off loopback it requires a token, and the host must be an IP address or localhost",
        _ => $"it answered {Status}",
    };

    /// <summary>Fix for <see cref="Problem"/>.</summary>
    public string Fix => Status switch
    {
        401 => "pass the node's adminToken with --admin-token-file FILE or GATEWAYMESH_ADMIN_TOKEN",
        403 => "set adminTokenFile in its bootstrap file, and use an IP address",
        0 => "start the node, or set its address with --admin HOST:PORT",
        _ => "see the log of the node",
    };
}
