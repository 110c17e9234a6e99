"""Losses of 20 steps of ResNet-50 by PyTorch and torchvision, float32 throughout; the weights and batches that they begin with go to the file that is named, for Curves in bench/Flambeau.Gpu."""
import sys
import torch
import torchvision
from safetensors.torch import save_file

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.manual_seed(1)
net = torchvision.models.resnet50()
images, classes = torch.randn(4, 32, 3, 224, 224), torch.randint(0, 1000, (4, 32))
save_file({**{k: v.clone() for k, v in net.state_dict().items()}, "images": images, "classes": classes}, sys.argv[1])
net, images, classes = net.cuda(), images.cuda(), classes.cuda()
sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for i in range(20):
    sgd.zero_grad()
    loss = torch.nn.functional.cross_entropy(net(images[i % 4]), classes[i % 4])
    loss.backward()
    sgd.step()
    print(f"resnet50 fp32, loss {i}|{loss.item():.8f}|", flush=True)
