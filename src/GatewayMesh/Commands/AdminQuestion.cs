using System.Text.Json;
using GatewayMesh.Commands.Status;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands;

/// <summary>A question to a running process whose answer is shown as it came, or in words.</summary>
internal static class AdminQuestion
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks <paramref name="admin"/> and prints. Exit code 1: the answer is not what one would hope for.</summary>
    /// <param name="admin">Whom.</param>
    /// <param name="question">Path and query of the admin route.</param>
    /// <param name="json">Whether the answer is printed as it came.</param>
    /// <param name="output">Where to.</param>
    /// <param name="print">Prints it in words.</param>
    /// <param name="isWell">Whether it is a good answer.</param>
    /// <exception cref="CommandFailure">There was no answer.</exception>
    public static int Ask(HostPort admin, string question, bool json, TextWriter output, Action<JsonElement, TextWriter> print, Func<JsonElement, bool> isWell)
    {
        var answer = AdminCall.Send(admin, "GET", question, null, Timeout);
        if (!answer.IsWell)
        {
            throw new CommandFailure(ExitCode.Failed, answer.Status is 0 or 401 or 403
                ? $"no answer from {admin}: {answer.Problem}; {answer.Fix}"
                : $"no answer from {admin}: {answer.Status} {answer.Words}");
        }

        using var document = JsonDocument.Parse(answer.Body);
        if (json)
        {
            output.WriteLine(answer.Body.TrimEnd());
        }
        else
        {
            print(document.RootElement, output);
        }

        return isWell(document.RootElement) ? ExitCode.Well : ExitCode.Failed;
    }
}
