using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Status;

/// <summary>What an admin address said.</summary>
/// <param name="Status">HTTP status, or 0 when there was no answer.</param>
/// <param name="Body">The body.</param>
/// <param name="Failure">Why there was no answer, in words.</param>
internal sealed record AdminAnswer(int Status, string Body, string? Failure)
{
    /// <summary>The body on one line, without what a terminal obeys.</summary>
    public string Words => SafeText.OneLine(Body.Trim());

    /// <summary>An answer that says yes.</summary>
    public bool IsWell => Status is >= 200 and < 300;

    /// <summary>The reason that it is no good answer, in words.</summary>
    public string Problem => Failure ?? Status switch
    {
        401 when ShownToken.Value is null => "the node asks for its admin token, and none was given",
        401 => "the admin token is wrong",
        403 => "the node refuses: off loopback it needs a token, and its host must be an address or localhost",
        _ => $"it answered {Status}",
    };

    /// <summary>The fix for <see cref="Problem"/>.</summary>
    public string Fix => Status switch
    {
        401 => "give the token of the node's adminToken or adminTokenFile with --admin-token-file FILE, or in GATEWAYMESH_ADMIN_TOKEN",
        403 => "set adminTokenFile in its bootstrap file, and ask by address",
        0 => "start the node, or name its address with --admin HOST:PORT",
        _ => "see the log of the node",
    };
}
