using System.Text;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Terminal.Calls;

/// <summary>A call to an admin address. Failures are values: these commands often deal with dead processes.</summary>
public static class AdminCall
{
    /// <summary>
    /// Sends a request with the admin token to an address given by the operator. Returns the response or the reason for its absence.
    /// </summary>
    public static AdminAnswer Send(HostPort address, string method, string path, string? body, TimeSpan timeout) =>
        Send(address, method, path, body, timeout, ShownToken.Value);

    /// <summary>Sends a GET without the token to an address from a node record, which any writer of the registry controls.</summary>
    public static AdminAnswer LookAt(HostPort address, string path, TimeSpan timeout) =>
        Send(address, "GET", path, null, timeout, token: null);

    private static AdminAnswer Send(HostPort address, string method, string path, string? body, TimeSpan timeout, string? token)
    {
        try
        {
            var response = AdminClient.Send(address.ToEndPoint(), method, path, Encoding.UTF8.GetBytes(body ?? ""), timeout, token);
            return new AdminAnswer(response.Status, response.Text, null);
        }
        catch (IOException failure)
        {
            return new AdminAnswer(0, "", SafeText.OneLine(failure.Message));
        }
    }
}
