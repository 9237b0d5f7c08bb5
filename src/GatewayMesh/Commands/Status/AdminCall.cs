using System.Text;
using GatewayMesh.Admin;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Status;

/// <summary>One call of an admin address. Answers as a value: a process that is gone is what these commands are about.</summary>
internal static class AdminCall
{
    /// <summary>Sends a request; the answer, or in words why there is none.</summary>
    public static AdminAnswer Send(HostPort address, string method, string path, string? body, TimeSpan timeout)
    {
        try
        {
            var response = AdminClient.Send(address.ToEndPoint(), method, path, Encoding.UTF8.GetBytes(body ?? ""), timeout, ShownToken.Value);
            return new AdminAnswer(response.Status, response.Text, null);
        }
        catch (IOException failure)
        {
            return new AdminAnswer(0, "", failure.Message);
        }
    }
}
