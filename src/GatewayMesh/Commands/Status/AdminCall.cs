using System.Text;
using GatewayMesh.Admin;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Status;

/// <summary>One call of an admin address. Answers as a value: a process that is gone is what these commands are about.</summary>
internal static class AdminCall
{
    /// <summary>Sends a request to an address that the operator gave; the answer, or in words why there is none. The admin token is shown there.</summary>
    public static AdminAnswer Send(HostPort address, string method, string path, string? body, TimeSpan timeout) =>
        Send(address, method, path, body, timeout, ShownToken.Value);

    /// <summary>The same for an address that a node record names, whoever wrote that: without the token, and to look only.</summary>
    public static AdminAnswer LookAt(HostPort address, string path, TimeSpan timeout) => Send(address, "GET", path, null, timeout, token: null);

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
