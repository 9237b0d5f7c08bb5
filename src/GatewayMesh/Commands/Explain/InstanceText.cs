using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of the instances of a target, and of the registry records that are no instances.</summary>
internal static class InstanceText
{
    /// <summary>Prints the instances.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="paint">Colors.</param>
    /// <param name="output">The command's output.</param>
    public static void Print(ExplainDocument answer, Paint paint, TextWriter output)
    {
        var instances = answer.Instances ?? [];
        if (instances.IsEmpty)
        {
            output.WriteLine(
                $"  instances  {paint.Text("none", TextStyle.Bad)}: "
                    + $"{(answer.Reason == "address_refused" ? "502, address_refused" : "503, no_endpoint")}");
        }
        else
        {
            PrintAll(instances, answer.Intention?.Enforced ?? true, paint, output);
        }

        PrintRefused(answer.Refused ?? [], paint, output);
    }

    private static void PrintAll(ImmutableArray<EndpointStatus> instances, bool enforced, Paint paint, TextWriter output)
    {
        var healthy = instances.Count(instance => instance.Healthy);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  instances  {instances.Length}, of which {healthy} healthy{(healthy == 0 ? "; panic: all are used" : "")}"));
        foreach (var instance in instances)
        {
            var state = instance.Ejected == true
                ? paint.Text(
                    string.Create(CultureInfo.InvariantCulture, $"ejected for {instance.EjectedForSeconds ?? 0} s"), TextStyle.Warn)
                : instance.Healthy
                    ? paint.Text("healthy", TextStyle.Good)
                    : paint.Text("unhealthy", TextStyle.Bad);
            var host = instance.Node is { Length: > 0 } node ? $" on {node}" : " (no sidecar: cleartext)";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"             {instance.Id} at {instance.Address}{host}: {state}, {instance.Inflight ?? 0} in flight{Inputs(instance)}"));
        }

        if (instances.Any(instance => instance.Cleartext == true))
        {
            var decider = enforced ? "; the caller enforces the intentions, since no sidecar at the destination does" : "";
            output.WriteLine(paint.Text($"             the hop to instances without a sidecar is cleartext{decider}", TextStyle.Warn));
        }
    }

    private static void PrintRefused(ImmutableArray<RefusedRecordStatus> records, Paint paint, TextWriter output)
    {
        foreach (var record in records)
        {
            var because = $"never dialed: {record.Address} {record.Because}; {record.Fix}";
            output.WriteLine(
                $"             {record.Id}{(record.Node is { Length: > 0 } node ? $" on {node}" : " (no sidecar)")}: "
                    + $"{paint.Text(because, TextStyle.Bad)}");
        }
    }

    // Inputs of the load balancer.
    private static string Inputs(EndpointStatus instance) => string.Concat(
        new (string Word, string Value)[]
        {
            ("weight", instance.Weight?.ToString(CultureInfo.InvariantCulture) ?? ""),
            ("EWMA in ms", instance.EwmaMs?.ToString(CultureInfo.InvariantCulture) ?? ""),
            ("zone", instance.Zone ?? ""),
            ("cause", instance.EjectionCause ?? ""),
        }
            .Where(pair => pair.Value is not ("" or "none"))
            .Select(pair => $", {pair.Word} {pair.Value}"));
}
